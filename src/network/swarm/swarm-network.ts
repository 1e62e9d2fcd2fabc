import type { Socket } from 'node:net';
import { type Address, formatAddress } from '../../core/address.ts';
import { systemClock } from '../../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { ContentId, PeerId } from '../../core/ids.ts';
import type { HandshakePace } from '../../core/limits/handshake-pace.ts';
import type { Log } from '../../core/ports/log.ts';
import type { SourceLink } from '../../core/ports/source.ts';
import type { RateLimiter } from '../../core/rate-limiter.ts';
import { FrameParser } from '../../protocol/swarm/frame-parser.ts';
import type { ControlFrame } from '../../protocol/swarm/frames.ts';
import { exporterOf } from '../wire/exporter.ts';
import { plaintextWire } from '../wire/plaintext-wire.ts';
import { readInto } from '../wire/read-into.ts';
import type { Wire } from '../wire/wire.ts';
import { abortable } from './abortable.ts';
import { type HalvesParts, useBothHalves } from './both-halves.ts';
import { Connection } from './connection.ts';
import { type DialParts, dialPeer } from './dial.ts';
import type { DownloadChannels } from './download-channels.ts';
import { feed, mostOf } from './feed.ts';
import { Greetings } from './greetings.ts';
import { AcceptingHandshake, type HandshakeStep, Refusal, type SwarmIdentity } from './handshake.ts';
import { PeerLinks } from './peer-links.ts';
import { hostOf, type RefusalLog, refusalLog } from './refusal-log.ts';
import { StallWatch, TAKES_NOTHING } from './stall-watch.ts';
import { type SwarmTimes, TIMES } from './swarm-times.ts';

const READ_BUFFER_BYTES = 1024 * 1024;

export interface SwarmNetworkOptions extends HalvesParts {
  readonly identity: SwarmIdentity;
  /** Draws all that is uploaded to this peer. */
  readonly limiterOf: (peer: PeerId) => RateLimiter;
  /** Draws all that is downloaded from this peer. */
  readonly downLimiterOf: (peer: PeerId) => RateLimiter;
  readonly log: Log;
  /** How connections are dialled; in plaintext unless told. */
  readonly wire?: Wire;
  readonly times?: Partial<SwarmTimes> | undefined;
  /** Refuses hellos when too many come; takes all unless told. */
  readonly pace?: HandshakePace | undefined;
}

/** All swarm connections of a peer: dials, accepts, keeps one dialled connection a peer, closes what is idle. */
export class SwarmNetwork {
  readonly #options: SwarmNetworkOptions;
  readonly #connections = new Set<Connection>();
  readonly #greetings: Greetings;
  readonly #links = new PeerLinks();
  readonly #times: SwarmTimes;
  readonly #stalls: StallWatch;
  readonly #refusals: RefusalLog;
  readonly #sweep: NodeJS.Timeout;
  /** Shared by all sockets: each read is used up before the next begins. Windows reads ahead into it, so not there. */
  readonly #sharedBuffer =
    process.platform === 'win32' ? undefined : Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  readonly #stopping = new AbortController();

  constructor(options: SwarmNetworkOptions) {
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
    this.#stalls = new StallWatch(this.#times);
    this.#refusals = refusalLog(options.log, systemClock);
    this.#greetings = new Greetings(this.#times.hello, this.#refusals);
    this.#sweep = setInterval(() => {
      for (const stalled of this.#stalls.look(this.#connections))
        this.#blame(stalled, TAKES_NOTHING, 'stalled');
      void this.#closeIdle();
    }, this.#times.sweep);
    this.#sweep.unref();
  }

  /** Connections after their hellos. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * A connection to this peer, dialled by either side; made if there is none, trying its addresses in order. Throws `unavailable`
   * when none answers, `unsupported` for another protocol version.
   */
  async link(peer: PeerId, addresses: readonly Address[], signal: AbortSignal): Promise<SourceLink> {
    return abortable(this.#channels(peer, addresses), signal);
  }

  /** Asks this peer for members of a swarm; `announce`, this peer's own addresses where it is to be listed itself. Throws as `link`. */
  async seek(
    peer: PeerId,
    addresses: readonly Address[],
    content: ContentId,
    announce: readonly Address[],
    signal: AbortSignal,
  ): Promise<void> {
    const channels = await abortable(this.#channels(peer, addresses), signal);
    channels.send({ type: 'seek', content, addresses: announce });
  }

  /** Takes over an accepted connection whose first bytes were the preface's; they come again by `data` events. */
  accept(socket: Socket): void {
    if (this.#stopping.signal.aborted) return void socket.destroy();
    const address = formatAddress({ host: socket.remoteAddress ?? '?', port: socket.remotePort ?? 0 });
    const { identity } = this.#options;
    const handshake = new AcceptingHandshake({
      identity,
      address,
      exporter: exporterOf(socket),
      refusal: () => this.#options.pace?.(socket.remoteAddress ?? '?'),
    });
    let connection: Connection | undefined;
    const parser = new FrameParser({
      frame: (frame) => {
        if (connection) connection.sink.frame(frame);
        else connection = this.#welcome(socket, frame, handshake, address);
      },
      data: (channel, leaf, offset, bytes) => connection?.sink.data(channel, leaf, offset, bytes),
    });
    this.#greetings.await(socket, address);
    const feeding = {
      ...{ parser, address, source: hostOf(address), refusals: this.#refusals },
      connection: () => connection,
    };
    const read = (bytes: Buffer) => void feed(feeding, bytes, socket);
    socket.on('data', read);
    if (this.#sharedBuffer) readInto(socket, this.#sharedBuffer, read, () => mostOf(feeding));
  }

  /** Ends the connections to peers that are no members any more. */
  putOut(peers: ReadonlySet<PeerId>): void {
    for (const connection of [...this.#connections]) {
      if (peers.has(connection.remote)) connection.close('membership', 'this membership was revoked');
    }
  }

  /** Ends the connections to this peer, whoever dialled; it may dial again, to be served. */
  hangUp(peer: PeerId): void {
    for (const connection of [...this.#connections]) {
      if (connection.remote === peer) connection.close('closing', 'nothing more to ask for');
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort(stopping());
    clearInterval(this.#sweep);
    this.#greetings.stop();
    for (const connection of [...this.#connections]) connection.close('closing', 'the peer stops');
  }

  #channels(peer: PeerId, addresses: readonly Address[]): Promise<DownloadChannels> {
    return this.#links.of(peer, () => this.#dialAny(peer, addresses));
  }

  async #dialAny(peer: PeerId, addresses: readonly Address[]): Promise<DownloadChannels> {
    let problem = new PeerdexError('unavailable', 'the peer has no address');
    for (const address of addresses) {
      if (this.#stopping.signal.aborted) throw stopping();
      try {
        return await dialPeer(this.#dialParts(), peer, address);
      } catch (error) {
        problem = asPeerdexError(error);
        this.#options.log.debug(`no connection to ${formatAddress(address)}: ${problem.message}`, { peer });
      }
    }
    throw problem;
  }

  #dialParts(): DialParts {
    const { wire = plaintextWire, identity } = this.#options;
    return {
      wire,
      identity,
      halves: this.#options,
      refusals: this.#refusals,
      dialMs: this.#times.dial,
      buffer: this.#sharedBuffer ?? Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
      signal: this.#stopping.signal,
      established: (socket, peer, address) => this.#established(socket, peer, address),
    };
  }

  /** One frame of somebody who has not proved himself yet; the connection once he has. */
  #welcome(
    socket: Socket,
    frame: ControlFrame,
    handshake: AcceptingHandshake,
    address: string,
  ): Connection | undefined {
    const { send, peer, features = 0 } = this.#step(socket, frame, handshake, address);
    if (send) socket.write(send);
    if (peer === undefined) return undefined;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, this.#times.idle);
    const connection = this.#established(socket, peer, address);
    connection.can(features);
    this.#links.accepted(useBothHalves(connection, this.#options));
    return connection;
  }

  #step(socket: Socket, frame: ControlFrame, handshake: AcceptingHandshake, address: string): HandshakeStep {
    try {
      return handshake.take(frame);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refusals(`refused a connection: ${error.error.message}`, {
        ...{ source: hostOf(address), cause: error.reason, address },
      });
      socket.end(error.farewell, () => socket.destroy());
      return {};
    }
  }

  #established(socket: Socket, peer: PeerId, address: string): Connection {
    this.#greetings.said(socket);
    const { limiterOf, downLimiterOf } = this.#options;
    const connection = new Connection(socket, peer, address, limiterOf(peer), downLimiterOf(peer));
    this.#connections.add(connection);
    connection.use({
      frame: () => {},
      data: () => {},
      closed: (error) => {
        this.#connections.delete(connection);
        this.#options.log.debug(`swarm connection ended: ${error.message}`, { peer });
        if (connection.fault !== undefined) this.#blame(connection, connection.fault, 'protocol');
      },
    });
    return connection;
  }

  #blame({ remote: source, address }: Connection, fault: string, cause: string): void {
    this.#refusals(`ended the connection to ${address}: ${fault}`, { source, cause, address });
  }

  async #closeIdle(): Promise<void> {
    for await (const channels of this.#links.dialled()) {
      if (channels.idleMs() > this.#times.idle) channels.disconnect();
    }
  }
}

const stopping = (): PeerdexError => new PeerdexError('unavailable', 'this peer is stopping');
