import type { IncomingMessage } from 'node:http';
import { PeerdexError } from '../../core/errors.ts';

/** The whole body; `failed` and the end of the connection when it is more than `maxBytes`. */
export async function readBounded(
  message: IncomingMessage,
  maxBytes: number,
  server: string,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes)
      throw new PeerdexError('failed', `${server} answered with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
