import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http';
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
export const answeringAgent = (bytes: () => Uint8Array): Agent =>
  agentOf((far) => far.once('data', () => far.end(bytes())));

/** An agent whose one connection stays open; its server gives each request the answer to its head and body. */
export const openAgent = (answer: (head: string, body: string) => Uint8Array): Agent =>
  agentOf(
    (far) => {
      let came = '';
      far.on('data', (chunk: Buffer) => {
        came += chunk.toString('latin1');
        const [head = '', body] = came.split('\r\n\r\n', 2);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (body === undefined || body.length < length) return;
        came = '';
        far.write(answer(head, body));
      });
    },
    { keepAlive: true, maxSockets: 1 },
  );

function agentOf(serve: (far: Socket) => void, options: AgentOptions = {}): Agent {
  const createConnection = (_options: ClientRequestArgs): Duplex => {
    const [near, far] = connection();
    far.on('error', () => {});
    serve(far);
    far.resume();
    return near;
  };
  return Object.assign(new Agent(options), { createConnection });
}
