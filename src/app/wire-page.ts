import type { LogPage, LogRecord } from '../core/entry.ts';
import type { WirePage, WireRecord } from '../protocol/http/peer/operations.ts';

/** A log page as it travels: times as decimal digits, because nanoseconds do not fit a JSON number. */
export function toWirePage({ records, jumps, ...head }: LogPage): WirePage {
  return {
    ...head,
    ...(jumps && { jumps: jumps.map(([after, begins]) => [after, begins]) }),
    records: records.map(toWireRecord),
  };
}

/** A page as it came. Its shape was checked by the schema; what it says is checked where the log is followed. */
export function fromWirePage({ owner, index, floor, last, since, records, more, jumps }: WirePage): LogPage {
  const told = jumps && { jumps: jumps as [number, number][] };
  return { owner, index, floor, last, since, more, ...told, records: records.map(fromWireRecord) };
}

const toWireRecord = ({
  seq,
  path,
  kind,
  size,
  mtime,
  executable,
  content,
  flag,
}: LogRecord): WireRecord => ({
  seq,
  path,
  kind,
  size,
  mtime: mtime.toString(),
  executable,
  ...(content === undefined ? {} : { content }),
  flag,
});

const fromWireRecord = (record: WireRecord): LogRecord => ({
  seq: record.seq,
  path: record.path,
  kind: record.kind,
  size: record.size,
  mtime: BigInt(record.mtime),
  executable: record.executable,
  content: record.content,
  flag: record.flag,
});
