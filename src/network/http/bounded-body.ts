import type { IncomingMessage } from 'node:http';
import { PeerdexError } from '../../core/errors.ts';

/** What a body that is longer than so many bytes has to wait for before more of it is read. */
export interface LongBodies {
  readonly over: number;
  turn(): Promise<void>;
}

/** The whole body; `failed` and the end of the connection when it is more than `maxBytes`. */
export async function readBounded(
  message: IncomingMessage,
  maxBytes: number,
  server: string,
  long?: LongBodies,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isLong = false;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes)
      throw new PeerdexError('failed', `${server} answered with more than ${maxBytes} bytes`);
    chunks.push(chunk);
    if (!long || isLong || bytes <= long.over) continue;
    isLong = true;
    await long.turn();
  }
  return Buffer.concat(chunks);
}
