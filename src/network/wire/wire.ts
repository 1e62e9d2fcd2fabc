import type { Server, Socket } from 'node:net';
import type { Address } from '../../core/address.ts';
import type { PeerId } from '../../core/ids.ts';
import type { NetworkMode } from '../../core/join-link.ts';
import type { PublicListenerOptions } from '../listener.ts';

/** How the connections of one network are made and taken. What runs over them does not know which wire it is. */
export interface Wire {
  readonly mode: NetworkMode;
  /**
   * A connection that is ready for the protocol's first bytes; over TLS the other side has shown `expect` by then. Whoever takes the
   * socket looks first whether it is destroyed already. Throws `unavailable` when nobody answers, `unsupported` when the other side
   * is of another mode, `verification` when it is somebody else, and the signal's reason.
   */
  dial(options: DialOptions): Promise<Socket>;
  /** The public port: tells HTTP from the swarm and hands sockets on. It is not listening yet. */
  listener(options: PublicListenerOptions): Server;
}

export interface DialOptions {
  readonly address: Address;
  readonly protocol: WireProtocol;
  /** Id that the other side's key must have; plaintext cannot tell. */
  readonly expect: PeerId | undefined;
  /** For the connection, and for its handshake; 5 s unless told. Milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** In place of `data` events, and faster. */
  readonly onread?: DialReader | undefined;
}

export type WireProtocol = 'swarm' | 'http';

export interface DialReader {
  /** Bytes are read into it; several sockets may share one, for each read is used up before the next begins. */
  readonly buffer: Buffer;
  /** Most bytes that are wanted of the next read but one; all that the buffer holds unless told. */
  readonly most?: (() => number) | undefined;
  /** `bytes` is a part of the buffer and good during the call only. May come before `dial` has resolved, never before it is sure to. */
  read(bytes: Buffer, socket: Socket): void;
}

export const DIAL_MS = 5_000;
