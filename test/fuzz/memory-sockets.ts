import { Agent, type ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';

/** Turns of the event loop without a byte after which nothing more is coming: all is in memory, and no handler waits. */
const QUIET_TURNS = 4;

/** Both ends of a connection that no system call knows of. What a socket has and a stream has not does nothing here. */
function connection(): readonly [near: Duplex, far: Socket] {
  const [near, far] = duplexPair();
  const nothing = () => far;
  for (const end of [near, far])
    Object.assign(end, {
      setTimeout: nothing,
      setNoDelay: nothing,
      setKeepAlive: nothing,
      ref: nothing,
      unref: nothing,
    });
  near.on('error', () => {});
  return [near, far as unknown as Socket];
}

/** What a server answers to these bytes, until it has nothing more to say and they are at their end. */
export async function exchange(accept: (socket: Socket) => void, bytes: Uint8Array): Promise<Buffer> {
  const [near, far] = connection();
  const chunks: Buffer[] = [];
  let turns = 0;
  let closed = false;
  near.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    turns = 0;
  });
  near.once('close', () => {
    closed = true;
  });
  accept(far);
  near.write(bytes);
  while (!closed && turns++ < QUIET_TURNS) await new Promise((resolve) => setImmediate(resolve));
  near.end();
  near.destroy();
  far.destroy();
  return Buffer.concat(chunks);
}

/** An agent whose server answers every request with the same bytes, and then ends. */
export function answeringAgent(bytes: () => Uint8Array): Agent {
  const agent = new Agent({ keepAlive: false });
  const createConnection = (_options: ClientRequestArgs): Duplex => {
    const [near, far] = connection();
    far.on('error', () => {});
    far.once('data', () => far.end(bytes()));
    far.resume();
    return near;
  };
  return Object.assign(agent, { createConnection });
}
