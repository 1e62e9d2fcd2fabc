import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What stands between two daemons: counts every byte, and cuts, stalls, slows down or corrupts when told. */
export class TcpProxy implements AsyncDisposable {
  /** Bytes that went from whoever dialled to the target. */
  toTarget = 0;
  /** Bytes that came from the target. */
  fromTarget = 0;
  /** Connections taken so far. */
  connections = 0;
  readonly port: number;
  /** Nothing passes while true; connections stay open. */
  #stalled = false;
  /** Bytes from the target that may still pass. */
  #credit = Number.POSITIVE_INFINITY;
  /** Passes on what waits for credit. */
  readonly #onCredit = new Set<() => void>();
  /** Bytes from the target after which one byte of a connection is turned over, again and again; 0: never. */
  #corruptEvery = 0;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** `targetPort`: a port of 127.0.0.1; whoever dials before somebody listens there is turned away. */
  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new TcpProxy(server);
    server.on('connection', (socket) =>
      proxy.#join(socket, connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })),
    );
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Sum of both directions. */
  get total(): number {
    return this.toTarget + this.fromTarget;
  }

  /** Ends every open connection; new ones are taken. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** Holds back everything, in both directions, without closing anything. */
  stall(): void {
    this.#stalled = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** Lets pass again what was held back. */
  flow(): void {
    this.#stalled = false;
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  /** From now on the target's bytes pass only as far as credit goes, all connections together; this adds to it. */
  give(bytes: number): void {
    this.#credit = (Number.isFinite(this.#credit) ? this.#credit : 0) + bytes;
    for (const pass of [...this.#onCredit]) pass();
  }

  /**
   * Turns over one byte for every `every` bytes from the target on connections that do not begin as HTTP does. The hit is
   * placed in the middle of a stretch of at least 16 KiB, where file data is and hardly anything else.
   */
  corruptData(every: number): void {
    this.#corruptEvery = every;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket, far: Socket): void {
    const pair = [near, far] as const;
    this.connections += 1;
    this.#pairs.add(pair);
    let first: Buffer | undefined;
    let sinceHit = 0;
    near.on('data', (chunk: Buffer) => {
      first ??= chunk;
      this.toTarget += chunk.byteLength;
      this.#pass(near, far, chunk);
    });
    const meter = this.#meter(far, near);
    far.on('data', (chunk: Buffer) => {
      sinceHit += chunk.byteLength;
      const due = this.#corruptEvery > 0 && sinceHit >= this.#corruptEvery && chunk.byteLength >= 16 * 1024;
      if (due && first !== undefined && !looksLikeHttp(first)) {
        const middle = chunk.byteLength >> 1;
        chunk[middle] = chunk[middle]! ^ 0x55;
        sinceHit = 0;
      }
      meter(chunk);
    });
    for (const [socket, other] of [pair, [far, near] as const]) {
      socket.on('end', () => other.end());
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        other.destroySoon();
        this.#pairs.delete(pair);
      });
    }
    if (this.#stalled) for (const socket of pair) socket.pause();
  }

  /** Counts what goes from the target, and holds it back while there is no credit. */
  #meter(far: Socket, near: Socket): (chunk: Buffer) => void {
    let held: Buffer | undefined;
    const pass = () => {
      const chunk = held?.subarray(0, this.#credit);
      if (!held || !chunk || chunk.byteLength === 0) return;
      held = chunk.byteLength < held.byteLength ? held.subarray(chunk.byteLength) : undefined;
      this.#credit -= chunk.byteLength;
      this.fromTarget += chunk.byteLength;
      if (!held && !this.#stalled) far.resume();
      this.#pass(far, near, chunk);
    };
    this.#onCredit.add(pass);
    far.once('close', () => this.#onCredit.delete(pass));
    return (chunk) => {
      held = held ? Buffer.concat([held, chunk]) : chunk;
      if (this.#credit < held.byteLength) far.pause();
      pass();
    };
  }

  #pass(from: Socket, to: Socket, chunk: Buffer): void {
    if (to.write(chunk)) return;
    from.pause();
    to.once('drain', () => {
      if (!this.#stalled) from.resume();
    });
  }
}

const looksLikeHttp = (bytes: Buffer): boolean =>
  /^(GET|HEAD|POST|PUT|DELETE) /.test(bytes.toString('latin1', 0, 8));
