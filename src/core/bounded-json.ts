const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BRACE = 0x7b;

/**
 * Parses JSON of at most so many values, counted before memory is taken: `[{},{},…` takes twenty times its own length once it is
 * parsed. Throws a SyntaxError for what has more, or is no JSON.
 */
export function parseBoundedJson(bytes: Uint8Array, maxValues: number): unknown {
  if (valuesIn(bytes) > maxValues) throw new SyntaxError(`more than ${maxValues} values`);
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
}

/** Each value but the first follows a comma or the beginning of a list or object; those within strings do not count. */
function valuesIn(bytes: Uint8Array): number {
  let values = 1;
  let isText = false;
  for (let at = 0; at < bytes.byteLength; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) isText = !isText;
    else if (isText) at += byte === BACKSLASH ? 1 : 0;
    else if (byte === COMMA || byte === BRACKET || byte === BRACE) values += 1;
  }
  return values;
}
