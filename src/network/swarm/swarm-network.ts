import { connect, type Socket } from 'node:net';
import { type Address, formatAddress } from '../../core/address.ts';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { Log } from '../../core/ports/log.ts';
import type { SourceLink } from '../../core/ports/source.ts';
import type { RateLimiter } from '../../core/rate-limiter.ts';
import { FrameParser } from '../../protocol/swarm/frame-parser.ts';
import type { ControlFrame } from '../../protocol/swarm/frames.ts';
import { Connection } from './connection.ts';
import { DownloadChannels } from './download-channels.ts';
import { greeting, helloProblem, refuse, type SwarmIdentity } from './handshake.ts';
import { StallWatch } from './stall-watch.ts';
import { type OpenUpload, UploadChannels } from './upload-channels.ts';

/** Milliseconds. */
export interface SwarmTimes {
  /** For a connection and its hello. */
  readonly dial: number;
  /** For the hello of somebody who has connected. */
  readonly hello: number;
  /** After which a dialled connection is closed that nothing is asked over. */
  readonly idle: number;
  /** After which a connection is closed whose other side takes nothing of what waits for it. */
  readonly stalled: number;
  /** After which a connection is closed over which nothing went either way. */
  readonly quiet: number;
  /** Between two looks at all connections. */
  readonly sweep: number;
}

const TIMES: SwarmTimes = {
  dial: 5_000,
  hello: 10_000,
  idle: 60_000,
  stalled: 20_000,
  quiet: 180_000,
  sweep: 10_000,
};
const READ_BUFFER_BYTES = 1024 * 1024;

export interface SwarmNetworkOptions {
  readonly identity: SwarmIdentity;
  readonly openUpload: OpenUpload;
  /** Draws all that is uploaded. */
  readonly limiter: RateLimiter;
  readonly log: Log;
  readonly times?: Partial<SwarmTimes>;
}

/** All swarm connections of a peer: dials, accepts, keeps one dialled connection a peer, closes what is idle. */
export class SwarmNetwork {
  readonly #options: SwarmNetworkOptions;
  readonly #connections = new Set<Connection>();
  readonly #greeting = new Set<Socket>();
  readonly #dialled = new Map<PeerId, Promise<DownloadChannels>>();
  readonly #times: SwarmTimes;
  readonly #stalls: StallWatch;
  readonly #sweep: NodeJS.Timeout;
  /** Shared by all dialled sockets: each read is used up before the next begins. Windows reads ahead into it, so not there. */
  readonly #sharedBuffer =
    process.platform === 'win32' ? undefined : Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  #stopped = false;

  constructor(options: SwarmNetworkOptions) {
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
    this.#stalls = new StallWatch(this.#times);
    this.#sweep = setInterval(() => {
      this.#stalls.look(this.#connections);
      void this.#closeIdle();
    }, this.#times.sweep);
    this.#sweep.unref();
  }

  /**
   * The connection to this peer, made if there is none; tries its addresses in order. Throws `unavailable` when none answers,
   * `unsupported` for another protocol version.
   */
  async link(peer: PeerId, addresses: readonly Address[], signal: AbortSignal): Promise<SourceLink> {
    let dialling = this.#dialled.get(peer);
    if (!dialling) {
      dialling = this.#dialAny(peer, addresses);
      this.#dialled.set(peer, dialling);
      const forget = () => {
        if (this.#dialled.get(peer) === dialling) this.#dialled.delete(peer);
      };
      dialling.then((channels) => channels.onClosed(forget), forget);
    }
    return abortable(dialling, signal);
  }

  /** Takes over an accepted connection whose first bytes were the preface's; they come again by `data` events. */
  accept(socket: Socket): void {
    if (this.#stopped) return void socket.destroy();
    const address = formatAddress({ host: socket.remoteAddress ?? '?', port: socket.remotePort ?? 0 });
    let connection: Connection | undefined;
    const parser = new FrameParser({
      frame: (frame) => {
        if (connection) connection.sink.frame(frame);
        else connection = this.#welcome(socket, frame, address);
      },
      data: (channel, leaf, offset, bytes) => connection?.sink.data(channel, leaf, offset, bytes),
    });
    this.#guardGreeting(socket);
    socket.on('data', (chunk: Buffer) => this.#feed(parser, chunk, socket, () => connection, address));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweep);
    for (const socket of this.#greeting) socket.destroy();
    for (const connection of [...this.#connections]) connection.close('closing', 'the peer stops');
  }

  async #dialAny(peer: PeerId, addresses: readonly Address[]): Promise<DownloadChannels> {
    let problem = new PeerdexError('unavailable', 'the peer has no address');
    for (const address of addresses) {
      if (this.#stopped) throw new PeerdexError('unavailable', 'this peer is stopping');
      try {
        return await this.#dial(peer, address);
      } catch (error) {
        problem = asPeerdexError(error);
        this.#options.log.debug(`no connection to ${formatAddress(address)}: ${problem.message}`, { peer });
      }
    }
    throw problem;
  }

  #dial(peer: PeerId, at: Address): Promise<DownloadChannels> {
    const address = formatAddress(at);
    return new Promise((resolve, reject) => {
      let connection: Connection | undefined;
      const parser = new FrameParser({
        frame: (frame) => {
          if (connection) return connection.sink.frame(frame);
          if (frame.type === 'bye')
            return fail(new PeerdexError('unavailable', `${address} refused: ${frame.text}`));
          if (frame.type !== 'hello')
            return fail(new PeerdexError('failed', `${address} did not say hello first`));
          const problem = helloProblem(frame, this.#options.identity, address, peer);
          if (problem) {
            refuse(socket, problem.reason, problem.error.message);
            return fail(problem.error);
          }
          clearTimeout(timer);
          connection = this.#established(socket, frame.peer, address);
          const channels = new DownloadChannels(connection);
          connection.use(channels, new UploadChannels(connection, this.#options.openUpload));
          resolve(channels);
        },
        data: (channel, leaf, offset, bytes) => connection?.sink.data(channel, leaf, offset, bytes),
      });
      const socket = connect({
        host: at.host,
        port: at.port,
        noDelay: true,
        keepAlive: true,
        onread: {
          buffer: this.#sharedBuffer ?? Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
          callback: (bytes, buffer) => {
            this.#feed(
              parser,
              (buffer as Buffer).subarray(0, bytes),
              socket,
              () => connection,
              address,
              fail,
            );
            return true;
          },
        },
      });
      const fail = (error: unknown) => {
        clearTimeout(timer);
        reject(asPeerdexError(error));
        if (!socket.writableEnded) socket.destroy();
      };
      const timer = setTimeout(
        () => fail(new PeerdexError('unavailable', `${address} does not answer`)),
        this.#times.dial,
      );
      socket.on('error', (cause) =>
        fail(new PeerdexError('unavailable', `cannot reach ${address}: ${cause.message}`, { cause })),
      );
      socket.on('close', () =>
        fail(new PeerdexError('unavailable', `${address} closed the connection before it said hello`)),
      );
      socket.once('connect', () => socket.write(greeting(this.#options.identity)));
    });
  }

  #welcome(socket: Socket, frame: ControlFrame, address: string): Connection | undefined {
    if (frame.type !== 'hello') return void socket.destroy();
    const problem = helloProblem(frame, this.#options.identity, address);
    socket.write(greeting(this.#options.identity));
    if (problem) {
      this.#options.log.warn(`refused a connection: ${problem.error.message}`, { address });
      return void refuse(socket, problem.reason, problem.error.message);
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, this.#times.idle);
    const connection = this.#established(socket, frame.peer, address);
    connection.use(new UploadChannels(connection, this.#options.openUpload));
    return connection;
  }

  #established(socket: Socket, peer: PeerId, address: string): Connection {
    this.#greeting.delete(socket);
    const connection = new Connection(socket, peer, address, this.#options.limiter);
    this.#connections.add(connection);
    connection.use({
      frame: () => {},
      data: () => {},
      closed: (error) => {
        this.#connections.delete(connection);
        this.#options.log.debug(`swarm connection ended: ${error.message}`, { peer });
      },
    });
    return connection;
  }

  #feed(
    parser: FrameParser,
    chunk: Buffer,
    socket: Socket,
    connection: () => Connection | undefined,
    address: string,
    fail?: (error: unknown) => void,
  ): void {
    if (connection()?.ended || socket.writableEnded) return; // what comes after our goodbye is nobody's
    try {
      parser.push(chunk);
    } catch (error) {
      const { message } = asPeerdexError(error);
      this.#options.log.warn(`${address}: ${message}`, { address });
      connection()?.close('protocol', message);
      fail?.(error);
      if (!connection()) socket.destroy();
    }
  }

  /** Somebody who connects and says nothing is cut off. */
  #guardGreeting(socket: Socket): void {
    this.#greeting.add(socket);
    const timer = setTimeout(() => {
      if (this.#greeting.has(socket)) socket.destroy();
    }, this.#times.hello);
    timer.unref();
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(timer);
      this.#greeting.delete(socket);
    });
  }

  async #closeIdle(): Promise<void> {
    for (const dialling of this.#dialled.values()) {
      const channels = await dialling.catch(() => undefined);
      if (channels && channels.idleMs() > this.#times.idle) channels.disconnect();
    }
  }
}

/** The promise's outcome, or the signal's reason when that comes first; the work itself goes on for others. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
