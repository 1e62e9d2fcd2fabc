import type { Socket } from 'node:net';
import { type Address, formatAddress } from '../../core/address.ts';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import { FrameParser } from '../../protocol/swarm/frame-parser.ts';
import type { ControlFrame } from '../../protocol/swarm/frames.ts';
import { exporterOf } from '../wire/exporter.ts';
import type { Wire } from '../wire/wire.ts';
import { type HalvesParts, useBothHalves } from './both-halves.ts';
import type { Connection } from './connection.ts';
import type { DownloadChannels } from './download-channels.ts';
import { feed, mostOf } from './feed.ts';
import { DiallingHandshake, Refusal, type SwarmIdentity } from './handshake.ts';
import type { RefusalLog } from './refusal-log.ts';

export interface DialParts {
  readonly wire: Wire;
  readonly identity: SwarmIdentity;
  readonly halves: HalvesParts;
  /** For a connection and its hello, milliseconds. */
  readonly dialMs: number;
  /** What the connection is read into. */
  readonly buffer: Buffer;
  readonly refusals: RefusalLog;
  /** Gives up with its reason. */
  readonly signal: AbortSignal;
  readonly established: (socket: Socket, peer: PeerId, address: string) => Connection;
}

/**
 * Connects to this peer and exchanges hellos. Throws `unavailable` when nobody answers or is refused by who does, and what the wire and
 * the check of the hello throw.
 */
export function dialPeer(parts: DialParts, peer: PeerId, at: Address): Promise<DownloadChannels> {
  const { wire, identity, dialMs, refusals } = parts;
  const address = formatAddress(at);
  return new Promise((resolve, reject) => {
    let open: Socket | undefined;
    let begun = false;
    let handshake: DiallingHandshake | undefined;
    let connection: Connection | undefined;
    let isGreeted = false;
    let isMember = false;
    let can = 0;
    const giveUp = new AbortController();
    const onStop = () => fail(parts.signal.reason);
    const fail = (error: unknown) => {
      clearTimeout(timer);
      parts.signal.removeEventListener('abort', onStop);
      if (!isGreeted) connection?.close('closing', 'no hello came', asPeerdexError(error));
      reject(asPeerdexError(error));
      giveUp.abort(error);
      if (open && !open.writableEnded) open.destroy();
    };
    const unavailable = (message: string, more = {}) =>
      fail(new PeerdexError('unavailable', `${address} ${message}`, more));
    const greet = (socket: Socket) => {
      if (open) return;
      open = socket;
      handshake = new DiallingHandshake({ identity, address, exporter: exporterOf(socket) }, peer);
      try {
        socket.write(handshake.greeting());
      } catch (error) {
        return fail(error);
      }
      if (handshake.provesAtOnce) establish(socket);
    };
    const establish = (socket: Socket) => {
      parts.signal.removeEventListener('abort', onStop);
      connection = parts.established(socket, peer, address);
      resolve(useBothHalves(connection, parts.halves));
    };
    const welcome = (frame: ControlFrame, socket: Socket) => {
      if (giveUp.signal.aborted) return;
      if (connection && frame.type === 'bye') return connection.sink.frame(frame);
      try {
        const { send, peer: other, features = 0 } = handshake!.take(frame);
        if (!other) return;
        can = features;
        if (send) socket.write(send);
      } catch (error) {
        if (connection) return refuse(error, connection);
        if (!(error instanceof Refusal)) return fail(error);
        socket.end(error.farewell, () => socket.destroy());
        return fail(error.error);
      }
      clearTimeout(timer);
      isGreeted = true;
      if (!connection) establish(socket);
      connection?.can(can);
    };
    /** What is asked may be on its way already; nothing that comes is looked at before the other's ticket was. */
    const confirm = (frame: ControlFrame, to: Connection) => {
      if (frame.type === 'bye') return to.sink.frame(frame);
      try {
        handshake!.confirm(frame);
        isMember = true;
      } catch (error) {
        refuse(error, to);
      }
    };
    const refuse = (cause: unknown, to: Connection) => {
      clearTimeout(timer);
      const error = cause instanceof Refusal ? cause.error : asPeerdexError(cause);
      to.close(cause instanceof Refusal ? cause.reason : 'protocol', error.message, error);
    };
    const parser = new FrameParser({
      frame: (frame) => {
        if (isMember) connection!.sink.frame(frame);
        else if (isGreeted) confirm(frame, connection!);
        else if (open) welcome(frame, open);
      },
      data: (channel, leaf, offset, bytes) => {
        if (isMember) connection!.sink.data(channel, leaf, offset, bytes);
        else connection?.close('protocol', 'it sent data before its ticket');
      },
    });
    const feeding = { parser, address, source: peer, refusals, connection: () => connection };
    const read = (bytes: Buffer, socket: Socket) => {
      const isFirst = !begun;
      begun = true;
      greet(socket);
      if (isFirst && bytes[0] === TLS_ALERT && wire.mode === 'plaintext') {
        return fail(new PeerdexError('unsupported', `${address} speaks TLS: is it a TLS network?`));
      }
      const problem = feed(feeding, bytes, socket);
      if (problem) fail(problem);
    };
    const timer = setTimeout(() => unavailable('does not answer'), dialMs);
    parts.signal.addEventListener('abort', onStop, { once: true });
    const onread = { buffer: parts.buffer, read, most: () => mostOf(feeding) };
    wire
      .dial({
        address: at,
        protocol: 'swarm',
        expect: peer,
        timeoutMs: dialMs,
        signal: giveUp.signal,
        onread,
      })
      .then((socket) => {
        const onEnd = () => unavailable('closed the connection before it said hello', hintOf(wire));
        socket.on('error', (cause) => unavailable(`broke the connection: ${cause.message}`, { cause }));
        socket.on('close', onEnd);
        if (socket.destroyed) return onEnd();
        greet(socket);
      }, fail);
  });
}

/** First byte of what a TLS listener may answer to plaintext (RFC 8446, 5.1). */
const TLS_ALERT = 0x15;

const hintOf = ({ mode }: Wire): { hint?: string } =>
  mode === 'plaintext' ? { hint: 'a peer of a TLS network ends plaintext connections without a word' } : {};
