import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { bindingOf, NONCE_BYTES } from '../../src/core/trust/proof.ts';
import { exporterOf } from '../../src/network/wire/exporter.ts';
import { encodeDataHeader, encodeFrame } from '../../src/protocol/swarm/encode.ts';
import { FrameParser } from '../../src/protocol/swarm/frame-parser.ts';
import type { ControlFrame, HelloFrame } from '../../src/protocol/swarm/frames.ts';
import { MAX_DATA_BYTES, PREFACE } from '../../src/protocol/swarm/limits.ts';
import { decodeProof, encodeProof, onlyNonce } from '../../src/protocol/swarm/proof.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts';
import type { TestMember } from './test-member.ts';

/** What a source that a test plays does with what it is asked; called for each frame after the hellos. */
export type AnswerFrame = (frame: ControlFrame, source: RawSource) => void;

/** The accepting side of a swarm connection by hand: proves who it is, and then answers whatever the test wants. */
export class RawSource {
  readonly socket: Socket;

  constructor(socket: Socket, member: TestMember, answer: AnswerFrame) {
    this.socket = socket;
    let isGreeted = false;
    const parser = new FrameParser({
      frame: (frame) => {
        if (frame.type === 'hello' && !isGreeted) {
          isGreeted = true;
          this.#greet(frame, member);
        } else answer(frame, this);
      },
      data: () => {},
    });
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      // What the other side says after it refused us is its own affair.
      if (!socket.destroyed) parser.push(chunk);
    });
  }

  write(...parts: readonly Uint8Array[]): void {
    if (this.socket.writable) this.socket.write(Buffer.concat(parts));
  }

  send(...frames: readonly ControlFrame[]): void {
    this.write(...frames.map(encodeFrame));
  }

  /** A leaf's bytes, or a part of them, in data frames. */
  data(channel: number, leaf: number, bytes: Uint8Array, start = 0): void {
    for (let at = 0; at < bytes.byteLength; at += MAX_DATA_BYTES) {
      const piece = bytes.subarray(at, at + MAX_DATA_BYTES);
      this.write(encodeDataHeader(channel, leaf, start + at, piece.byteLength), piece);
    }
  }

  #greet(theirs: HelloFrame, { id, network, trust }: TestMember): void {
    const nonce = randomBytes(NONCE_BYTES);
    const binding = bindingOf(decodeProof(theirs.proof).nonce, nonce, exporterOf(this.socket));
    const proof = trust.prove({ side: 'accepts', other: theirs.peer, binding });
    this.write(
      PREFACE,
      encodeFrame({
        ...{ type: 'hello', protocol: PROTOCOL_VERSION, features: 0, network, peer: id },
        ...{ proof: encodeProof({ ...proof, ticket: '', nonce }), heads: new Uint8Array(4) },
      }),
      encodeFrame({ type: 'proof', proof: encodeProof({ ...onlyNonce(nonce), ticket: proof.ticket }) }),
    );
  }
}
