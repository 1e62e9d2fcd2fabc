import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface LineOptions {
  /** Bytes a second in each direction, all connections together. */
  readonly rate: number;
  /** Seconds that a byte is on its way after it has left. */
  readonly delay: number;
}

/** What waits at the entry of a line before the sender is stopped, in seconds of its rate. */
const QUEUE_SECONDS = 0.05;

/**
 * A long line as a TCP proxy on 127.0.0.1: bytes wait for their turn, then travel. It delays bytes and not the
 * acknowledgements of TCP, so slow start and loss are not in it: it shows whether a protocol asks far enough ahead.
 */
export class LongLine implements AsyncDisposable {
  /** Where it ends: a port of 127.0.0.1. To be set before anybody dials. */
  target = 0;
  /** Told of bytes that came out at the end of whoever dialled. */
  onArrival: (bytes: number) => void = () => {};
  /** Told of bytes as they come in at one end and go out at the other; `there` is from whoever dialled. */
  onPassage: (connection: number, direction: 'there' | 'back', passage: 'in' | 'out', bytes: Buffer) => void =
    () => {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(options: LineOptions): Promise<LongLine> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const line = new LongLine(server);
    const there = new Turnstile(options.rate);
    const back = new Turnstile(options.rate);
    let connections = 0;
    server.on('connection', (near) => {
      connections += 1;
      const number = connections;
      const far = connect({ port: line.target, host: '127.0.0.1', allowHalfOpen: true });
      for (const socket of [near, far]) line.#keep(socket.setNoDelay());
      carry(near, far, there, options.delay, (bytes, passage) =>
        line.onPassage(number, 'there', passage, bytes),
      );
      carry(far, near, back, options.delay, (bytes, passage) => {
        if (passage === 'out') line.onArrival(bytes.byteLength);
        line.onPassage(number, 'back', passage, bytes);
      });
    });
    return line;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

/** One direction: lets bytes through at its rate, all connections together. */
class Turnstile {
  readonly #rate: number;
  /** Milliseconds on `performance.now()`. */
  #freeAt = 0;

  constructor(rate: number) {
    this.#rate = rate;
  }

  /** When so many bytes, come now, are through. */
  pass(bytes: number): number {
    this.#freeAt = Math.max(this.#freeAt, performance.now()) + (bytes / this.#rate) * 1000;
    return this.#freeAt;
  }
}

function carry(
  from: Socket,
  to: Socket,
  turnstile: Turnstile,
  delay: number,
  told: (bytes: Buffer, passage: 'in' | 'out') => void,
): void {
  /** One without a chunk is the end of the stream. */
  const travelling: { readonly due: number; readonly chunk?: Buffer }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isFull = false;
  const wait = () => {
    if (timer || isFull || travelling.length === 0) return;
    timer = setTimeout(deliver, Math.max(0, travelling[0]!.due - performance.now()));
  };
  const deliver = () => {
    timer = undefined;
    while (!isFull && travelling.length > 0 && travelling[0]!.due <= performance.now()) {
      const { chunk } = travelling.shift()!;
      if (chunk) {
        told(chunk, 'out');
        isFull = !to.write(chunk);
      } else to.end();
    }
    wait();
  };
  to.on('drain', () => {
    isFull = false;
    wait();
  });
  from.on('data', (chunk: Buffer) => {
    told(chunk, 'in');
    const through = turnstile.pass(chunk.byteLength);
    travelling.push({ due: through + delay * 1000, chunk });
    wait();
    const ahead = through - performance.now() - QUEUE_SECONDS * 1000;
    if (ahead <= 0) return;
    from.pause();
    setTimeout(() => from.resume(), ahead);
  });
  from.on('end', () => {
    travelling.push({ due: performance.now() + (QUEUE_SECONDS + delay) * 1000 });
    wait();
  });
  from.on('error', () => to.destroy());
  to.on('close', () => {
    travelling.length = 0;
    // One that has been given all may be gone before the other direction has travelled.
    if (!to.writableFinished) from.destroy();
  });
}
