import { randomBytes } from 'node:crypto';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { NetworkId, PeerId } from '../../core/ids.ts';
import { bindingOf, NONCE_BYTES, UNHEARD_NONCE } from '../../core/trust/proof.ts';
import type { Trust } from '../../core/trust/trust.ts';
import { encodeFrame } from '../../protocol/swarm/encode.ts';
import type { ByeReason, ControlFrame, HelloFrame } from '../../protocol/swarm/frames.ts';
import { PREFACE } from '../../protocol/swarm/limits.ts';
import { decodeProof, encodeProof, onlyNonce, type WireProof } from '../../protocol/swarm/proof.ts';
import { PROTOCOL_VERSION, versionMismatch } from '../../protocol/version.ts';

/** Who this peer is on the swarm's wire. */
export interface SwarmIdentity {
  readonly peer: PeerId;
  /** Undefined while this peer belongs to no network: nobody is talked to then. */
  readonly network: () => NetworkId | undefined;
  /** How membership is shown and checked. */
  readonly trust: Pick<
    Trust,
    'prove' | 'check' | 'checkIdentity' | 'checkTicket' | 'recheck' | 'revocations'
  >;
  /** What this side can do beyond version 1, as FEATURES; nothing unless told. */
  readonly features?: number;
  /** A member has a newer list of revocations. */
  readonly onNewerRevocations?: (peer: PeerId) => void;
}

/** The other side is not taken; `reason` is what it is told. */
export class Refusal extends Error {
  readonly reason: ByeReason;
  readonly error: PeerdexError;
  /** What is sent to say so. */
  readonly farewell: Buffer;

  /** `before`: what has to be said first. */
  constructor(reason: ByeReason, error: PeerdexError, before: Uint8Array = new Uint8Array(0)) {
    super(error.message);
    this.reason = reason;
    this.error = error;
    this.farewell = Buffer.concat([before, encodeFrame({ type: 'bye', reason, text: error.message })]);
  }
}

export interface HandshakeOptions {
  readonly identity: SwarmIdentity;
  /** Of the other side, for errors. */
  readonly address: string;
  /** Keying material of the TLS session; undefined without TLS. */
  readonly exporter: Uint8Array | undefined;
  /** Of somebody who says hello here: what he is refused with when there are too many of them. */
  readonly refusal?: (() => PeerdexError | undefined) | undefined;
}

/** What a frame led to: bytes to send, and who the other side is once that is known. */
export interface HandshakeStep {
  readonly send?: Buffer;
  readonly peer?: PeerId;
  /** What the other side can do, once `peer` is known. */
  readonly features?: number;
}

/**
 * The dialling side of the hellos: says hello, checks the other's hello and that it is who it says, answers with its own proof, and
 * then looks at the other's ticket, which is shown to members only. In TLS it knows at once who is there, and its proof stands in its
 * hello already.
 */
export class DiallingHandshake {
  readonly #options: HandshakeOptions;
  readonly #expected: PeerId;
  readonly #nonce = randomBytes(NONCE_BYTES);
  #hello: HelloFrame | undefined;

  constructor(options: HandshakeOptions, expected: PeerId) {
    this.#options = options;
    this.#expected = expected;
  }

  /** Its proof is in the greeting, so that what it asks may be sent right behind. */
  get provesAtOnce(): boolean {
    return this.#options.exporter !== undefined;
  }

  /** The first bytes to send. In TLS throws `forbidden` where the other was revoked, `unavailable` without a ticket. */
  greeting(): Buffer {
    const { identity, exporter } = this.#options;
    if (!exporter) return greeting(identity, onlyNonce(this.#nonce));
    identity.trust.recheck(this.#expected);
    const binding = bindingOf(this.#nonce, UNHEARD_NONCE, exporter);
    const own = identity.trust.prove({ side: 'dials', other: this.#expected, binding });
    return greeting(identity, { ...own, nonce: this.#nonce });
  }

  /** Takes the first frame, and the bye after a hello that shows no key. Throws a Refusal, or a PeerdexError where there is nobody to tell. */
  take(frame: ControlFrame): HandshakeStep {
    const { identity, address, exporter } = this.#options;
    if (frame.type === 'bye') throw new PeerdexError('unavailable', `${address} refused: ${frame.text}`);
    if (frame.type !== 'hello') throw new PeerdexError('failed', `${address} did not say hello first`);
    checkHello(frame, identity, address, this.#expected);
    const theirs = decodeProof(frame.proof);
    if (theirs.key.byteLength === 0) return {};
    const binding = bindingOf(this.#nonce, theirs.nonce, exporter);
    checkMember(() => identity.trust.checkIdentity({ side: 'accepts', self: frame.peer, binding }, theirs));
    this.#hello = frame;
    const { peer, features } = frame;
    if (this.provesAtOnce) return { peer, features };
    const own = identity.trust.prove({ side: 'dials', other: frame.peer, binding });
    const proof = encodeProof({ ...own, nonce: this.#nonce });
    return { send: encodeFrame({ type: 'proof', proof }), peer, features };
  }

  /** Takes the frame after the hello, unless it is a bye. Throws a Refusal, or a PeerdexError. */
  confirm(frame: ControlFrame): void {
    const { identity, address } = this.#options;
    const hello = this.#hello!;
    if (frame.type !== 'proof') throw new PeerdexError('failed', `${address} did not show its ticket`);
    checkMember(() => identity.trust.checkTicket(hello.peer, decodeProof(frame.proof).ticket));
    tellNewer(identity, hello);
  }
}

/**
 * The accepting side of the hellos: answers a hello with its own, which shows who it is and not what it is, checks the other's proof,
 * and then shows its ticket.
 */
export class AcceptingHandshake {
  readonly #options: HandshakeOptions;
  readonly #nonce = randomBytes(NONCE_BYTES);
  #hello: FirstHello | undefined;

  constructor(options: HandshakeOptions) {
    this.#options = options;
  }

  /** Takes the first two frames. Throws a Refusal, or a PeerdexError where there is nobody to tell. */
  take(frame: ControlFrame): HandshakeStep {
    return this.#hello ? this.#takeProof(frame, this.#hello) : this.#takeHello(frame);
  }

  #takeHello(frame: ControlFrame): HandshakeStep {
    const { identity, address, exporter } = this.#options;
    if (frame.type !== 'hello') throw new PeerdexError('failed', `${address} did not say hello first`);
    try {
      const refused = this.#options.refusal?.();
      if (refused) throw new Refusal('busy', refused);
      checkHello(frame, identity, address);
      const theirs = decodeProof(frame.proof);
      const binding = bindingOf(theirs.nonce, this.#nonce, exporter);
      const provesAtOnce = exporter !== undefined && theirs.signature.byteLength > 0;
      if (provesAtOnce) this.#check(frame, bindingOf(theirs.nonce, UNHEARD_NONCE, exporter), theirs);
      const own = proveOrRefuse(() => identity.trust.prove({ side: 'accepts', other: frame.peer, binding }));
      const send = greeting(identity, { ...own, ticket: '', nonce: this.#nonce });
      const { peer, features } = frame;
      if (provesAtOnce) return { send: Buffer.concat([send, this.#show(own.ticket)]), peer, features };
      this.#hello = { frame, binding, ticket: own.ticket };
      return { send };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(error.reason, error.error, greeting(identity, onlyNonce(this.#nonce)));
    }
  }

  #takeProof(frame: ControlFrame, { frame: hello, binding, ticket }: FirstHello): HandshakeStep {
    const { address } = this.#options;
    if (frame.type === 'bye') throw new PeerdexError('unavailable', `${address} refused: ${frame.text}`);
    if (frame.type !== 'proof') throw new PeerdexError('failed', `${address} did not prove its membership`);
    this.#check(hello, binding, decodeProof(frame.proof));
    return { send: this.#show(ticket), peer: hello.peer, features: hello.features };
  }

  #check(hello: HelloFrame, binding: Uint8Array, theirs: WireProof): void {
    const { identity } = this.#options;
    checkMember(() => identity.trust.check({ side: 'dials', self: hello.peer, binding }, theirs));
    tellNewer(identity, hello);
  }

  #show(ticket: string): Buffer {
    return encodeFrame({ type: 'proof', proof: encodeProof({ ...onlyNonce(this.#nonce), ticket }) });
  }
}

interface FirstHello {
  readonly frame: HelloFrame;
  readonly binding: Uint8Array;
  /** This side's own, for when the other has proved itself. */
  readonly ticket: string;
}

/** Preface and hello. */
function greeting(identity: SwarmIdentity, proof: WireProof): Buffer {
  const heads = Buffer.alloc(4);
  heads.writeUInt32LE(identity.trust.revocations);
  const hello: HelloFrame = {
    type: 'hello',
    protocol: PROTOCOL_VERSION,
    features: identity.features ?? 0,
    network: identity.network() ?? '0'.repeat(32),
    peer: identity.peer,
    proof: encodeProof(proof),
    heads,
  };
  return Buffer.concat([PREFACE, encodeFrame(hello)]);
}

/** Throws a Refusal for a hello that is not welcome, whoever says it. */
function checkHello(hello: HelloFrame, identity: SwarmIdentity, address: string, expected?: PeerId): void {
  if (hello.protocol !== PROTOCOL_VERSION) {
    const text = versionMismatch(`the peer at ${address}`, hello.protocol);
    throw new Refusal('version', new PeerdexError('unsupported', text));
  }
  if (hello.network !== identity.network()) {
    const text = `the peer at ${address} belongs to another network`;
    throw new Refusal('network', new PeerdexError('forbidden', text));
  }
  if (hello.peer === identity.peer) {
    const text = `the peer at ${address} is this peer itself, or a copy of its data folder`;
    throw new Refusal('identity', new PeerdexError('conflict', text));
  }
  if (expected !== undefined && hello.peer !== expected) {
    const text = `at ${address} is another peer than the one that was looked for`;
    throw new Refusal('identity', new PeerdexError('unavailable', text));
  }
}

function checkMember(check: () => unknown): void {
  try {
    check();
  } catch (error) {
    throw new Refusal('membership', asPeerdexError(error));
  }
}

/** Who has no ticket yet cannot take anybody. */
function proveOrRefuse<T>(prove: () => T): T {
  try {
    return prove();
  } catch (error) {
    throw new Refusal('busy', asPeerdexError(error));
  }
}

/** Only after its proof was checked: nobody else makes this peer ask for a list. */
function tellNewer({ trust, onNewerRevocations }: SwarmIdentity, { peer, heads }: HelloFrame): void {
  if (heads.byteLength < 4) return;
  const number = Buffer.from(heads).readUInt32LE(0);
  if (number > trust.revocations) onNewerRevocations?.(peer);
}
