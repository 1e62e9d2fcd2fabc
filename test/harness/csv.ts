/** Reads RFC 4180 strictly: quotes only around whole fields, doubled inside, records ended by LF or CRLF. Throws otherwise. */
export function parseCsv(text: string): string[][] {
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|$)/y;
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    field.lastIndex = at;
    const match = field.exec(text);
    if (!match) throw new Error(`not CSV at character ${at}: ${JSON.stringify(text.slice(at, at + 60))}`);
    record.push(match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"'));
    at = field.lastIndex;
    if (match[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}
