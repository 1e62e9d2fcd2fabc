import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PeerdexError } from '../../../src/core/errors.ts';
import {
  AcceptingHandshake,
  DiallingHandshake,
  type HandshakeStep,
  Refusal,
} from '../../../src/network/swarm/handshake.ts';
import { FrameParser } from '../../../src/protocol/swarm/frame-parser.ts';
import type { ControlFrame } from '../../../src/protocol/swarm/frames.ts';
import { PREFACE } from '../../../src/protocol/swarm/limits.ts';
import { decodeProof } from '../../../src/protocol/swarm/proof.ts';
import { type Change, changeBytes, changesOfBytes } from '../mutate.ts';
import { quickKey } from '../quick-keys.ts';
import { target } from '../target.ts';
import { NETWORK, trustOf } from '../trust.ts';

/** What is changed on the way, so that live signatures can be changed too: of the dialler's hello, the other's answer, the proof. */
interface OnTheWay {
  readonly hello: readonly Change[];
  readonly answer: readonly Change[];
  readonly proof: readonly Change[];
  /** Within TLS, where the proof stands in the dialler's hello. */
  readonly atOnce?: boolean;
}

export const swarmHandshakes = target<OnTheWay>(
  { name: 'swarm-handshakes', parses: ['network/swarm/handshake.ts', 'core/trust/trust.ts'], usual: 100 },
  () => {
    const sides = [quickKey(2), quickKey(3)].map((key) => {
      const identity = { peer: key.id, network: () => NETWORK.id, trust: trustOf(key) };
      return { identity, address: 'there', exporter: undefined };
    });
    const [dials, accepts] = [sides[0]!, sides[1]!];
    const some = changesOfBytes(3);
    const none = fc.constant([]);
    const once = fc.constant(true);
    const inputs = fc.oneof(
      { weight: 6, arbitrary: fc.record({ hello: some, answer: none, proof: none, atOnce: once }, RECORD) },
      { weight: 4, arbitrary: fc.record({ hello: none, answer: some, proof: none, atOnce: once }, RECORD) },
      { weight: 12, arbitrary: fc.record({ hello: some, answer: none, proof: none }, RECORD) },
      { weight: 4, arbitrary: fc.record({ hello: none, answer: some, proof: none }, RECORD) },
      { weight: 4, arbitrary: fc.record({ hello: none, answer: none, proof: some }, RECORD) },
    );
    const checkAtOnce = ({ hello, answer }: OnTheWay): boolean => {
      const exporter = new Uint8Array(32).fill(7);
      const dialler = new DiallingHandshake({ ...dials, exporter }, accepts.identity.peer);
      const greeting = dialler.greeting();
      const altering = altered(greeting, hello);
      const accepted = step(() =>
        new AcceptingHandshake({ ...accepts, exporter }).take(firstFrame(altering)),
      );
      if (accepted?.peer === undefined) return false;
      assert.equal(accepted.peer, dials.identity.peer);
      assertSame(altering, greeting);
      assert.equal(proofIn(altering).ticket, proofIn(greeting).ticket);
      const answered = altered(accepted.send!, answer);
      if (step(() => dialler.take(firstFrame(answered)))?.peer === undefined) return false;
      assertSame(answered, accepted.send!);
      return true;
    };
    const check = (input: OnTheWay): boolean => {
      if (input.atOnce) return checkAtOnce(input);
      const { hello, answer, proof } = input;
      const dialler = new DiallingHandshake(dials, accepts.identity.peer);
      const acceptor = new AcceptingHandshake(accepts);
      const greeting = altered(dialler.greeting(), hello);
      const answered = step(() => acceptor.take(firstFrame(greeting)));
      if (!answered?.send) return false;
      const altering = altered(answered.send, answer);
      const proved = step(() => dialler.take(firstFrame(altering)));
      if (proved?.peer !== undefined) assertSame(altering, answered.send);
      if (!proved?.send) return false;
      const shown = altered(proved.send, proof);
      const ended = step(() => acceptor.take(firstFrame(Buffer.concat([PREFACE, shown]))));
      if (ended?.peer === undefined) return false;
      assert.equal(ended.peer, dials.identity.peer);
      assertSame(Buffer.concat([PREFACE, shown]), Buffer.concat([PREFACE, proved.send]));
      dialler.confirm(firstFrame(Buffer.concat([PREFACE, ended.send!])));
      return true;
    };
    return { inputs, check };
  },
);

const RECORD = { noNullPrototype: true } as const;

const altered = (bytes: Buffer, changes: readonly Change[]): Buffer =>
  Buffer.from(changes.reduce<Uint8Array>((so, how) => changeBytes(so, how, bytes), bytes));

/** What was taken had nothing altered in it that is signed. Features, heads and what stands behind a proof are not. */
function assertSame(got: Buffer, sent: Buffer): void {
  const [a, b] = [firstFrame(got), firstFrame(sent)] as [{ proof: Uint8Array }, { proof: Uint8Array }];
  const [{ nonce, ticket, ...rest }, right] = [decodeProof(a.proof), decodeProof(b.proof)];
  assert.deepEqual(rest, { key: right.key, signature: right.signature });
  // The nonce of a proof frame is that of the hello once more; neither it nor the ticket in a hello is looked at.
  if (firstFrame(sent).type === 'proof') assert.equal(ticket, right.ticket);
  else assert.deepEqual(nonce, right.nonce);
}

const proofIn = (bytes: Buffer) => decodeProof((firstFrame(bytes) as { proof: Uint8Array }).proof);

/** Ends as a handshake may end, or fails. */
function step(take: () => HandshakeStep): HandshakeStep | undefined {
  try {
    return take();
  } catch (error) {
    assert.ok(
      error instanceof Refusal ||
        (error instanceof PeerdexError && ['failed', 'unavailable'].includes(error.code)),
      String(error),
    );
    if (error instanceof Refusal) assert.notEqual(error.error.code, 'failed', String(error.error.stack));
    return undefined;
  }
}

/** As connections do it: the first frame counts, and bytes that are none end it. */
function firstFrame(bytes: Buffer): ControlFrame {
  let first: ControlFrame | undefined;
  const parser = new FrameParser({
    frame: (frame) => {
      first ??= frame;
    },
    data: () => {
      throw new PeerdexError('failed', 'content before the hello');
    },
  });
  try {
    parser.push(bytes);
  } catch (error) {
    if (!first) throw error;
  }
  if (!first) throw new PeerdexError('unavailable', 'no frame came');
  return first;
}
