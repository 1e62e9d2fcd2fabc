import type { OnReadOpts } from 'node:net';
import { readBuffer } from './read-buffer.ts';
import type { DialOptions } from './wire.ts';

/** The option `onread` of `net.connect` and `tls.connect`, where a reader is given. */
export function onreadOf(
  { onread: reader }: DialOptions,
  read: (bytes: Buffer) => void,
): { onread?: OnReadOpts } {
  if (!reader) return {};
  const { buffer, most } = reader;
  const callback = (bytes: number) => {
    read(buffer.subarray(0, bytes));
    return true;
  };
  return { onread: { buffer: readBuffer(buffer, most), callback } };
}
