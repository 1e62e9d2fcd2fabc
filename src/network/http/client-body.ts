import { parseBoundedJson } from '../../core/bounded-json.ts';
import { PeerdexError } from '../../core/errors.ts';
import type { TSchema } from '../../protocol/schema.ts';
import { readBounded } from './bounded-body.ts';
import { exchange, failure } from './client-request.ts';
import { type Exchange, serverName } from './transport.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_VALUES = 10_000;
const MAX_IGNORED_BYTES = 64 * 1024;
const MAX_LINE_BYTES = 1024 * 1024;

/** Makes the call and reads its one JSON document. */
export async function readJson(one: Exchange, schema: TSchema): Promise<unknown> {
  const body = await readWhole(one, one.options.maxBytes ?? MAX_BYTES);
  return parse(body, schema, one);
}

/** Makes a call that is answered without a body. */
export async function readNothing(one: Exchange): Promise<undefined> {
  await readWhole(one, MAX_IGNORED_BYTES);
}

/** Makes the call when first asked for an object, and yields one a line. Leaving the loop ends the connection. */
export async function* readLines(one: Exchange): AsyncGenerator<unknown, void, undefined> {
  const { message, signal } = await exchange(one);
  const schema = one.operation.response ?? {};
  try {
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of message as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
        yield parse(Buffer.concat([rest, chunk.subarray(from, end)]), schema, one);
        rest = Buffer.alloc(0);
        from = end + 1;
      }
      rest = Buffer.concat([rest, chunk.subarray(from)]);
      if (rest.byteLength > MAX_LINE_BYTES)
        throw unfit(one, `with a line of more than ${MAX_LINE_BYTES} bytes`);
    }
    if (rest.byteLength > 0) throw unfit(one, 'with half a line');
  } catch (error) {
    throw failure(one.transport, error, signal);
  } finally {
    message.destroy();
  }
}

const NEWLINE = 0x0a;

async function readWhole(one: Exchange, maxBytes: number): Promise<Buffer> {
  const { message, release, signal } = await exchange(one);
  try {
    return await readBounded(message, maxBytes, serverName(one.transport));
  } catch (error) {
    throw failure(one.transport, error, signal);
  } finally {
    release();
  }
}

function parse(body: Buffer, schema: TSchema, one: Exchange): unknown {
  const { fits } = one.transport;
  let value: unknown;
  try {
    value = fits ? parseBoundedJson(body, one.options.maxValues ?? MAX_VALUES) : JSON.parse(body.toString());
  } catch (cause) {
    throw unfit(one, 'with something that is not JSON, or too much of it', cause);
  }
  if (fits && !fits(schema, value)) throw unfit(one, 'with something that does not fit its own API');
  return value;
}

const unfit = (one: Exchange, how: string, cause?: unknown): PeerdexError =>
  new PeerdexError(
    'failed',
    `${serverName(one.transport)} answered ${one.operation.method} ${one.operation.path} ${how}`,
    {
      cause,
      hint: 'is this the right address, and do both run the same version of peerdex?',
    },
  );
