import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freshKey } from '../../../test/support/fresh-key.ts';
import { TestNetwork } from '../../../test/support/signers.ts';
import type { PeerId } from '../../core/ids.ts';
import { signRevocations } from '../../core/trust/revocations.ts';
import { FrameParser } from '../../protocol/swarm/frame-parser.ts';
import type { ControlFrame, HelloFrame } from '../../protocol/swarm/frames.ts';
import { PREFACE } from '../../protocol/swarm/limits.ts';
import { decodeProof, encodeProof } from '../../protocol/swarm/proof.ts';
import { AcceptingHandshake, DiallingHandshake, Refusal } from './handshake.ts';

const network = new TestNetwork();
const DIALLER = freshKey();
const ACCEPTOR = freshKey();

/** The frames in bytes that would go over the wire. */
function framesIn(bytes: Buffer): ControlFrame[] {
  const frames: ControlFrame[] = [];
  const begins = bytes.subarray(0, PREFACE.byteLength).equals(PREFACE);
  new FrameParser({ frame: (frame) => frames.push(frame), data: () => {} }).push(
    begins ? bytes : Buffer.concat([PREFACE, bytes]),
  );
  return frames;
}

const frameIn = (bytes: Buffer | undefined): ControlFrame => framesIn(bytes!)[0]!;

/** Both sides, in memory; each frame is given on by the test. */
function sides({
  accepts = network.ticket(ACCEPTOR),
  dials = network.ticket(DIALLER),
  exporters = [undefined, undefined] as readonly (Uint8Array | undefined)[],
} = {}) {
  const newer: PeerId[] = [];
  const side = (self: typeof DIALLER, ticket: string) => ({
    peer: self.id,
    network: () => network.id,
    trust: network.member(self, ticket),
    onNewerRevocations: (peer: PeerId) => newer.push(peer),
  });
  const [dialling, accepting] = [side(DIALLER, dials), side(ACCEPTOR, accepts)];
  const common = { address: '127.0.0.1:1' };
  const [exporter, other] = exporters;
  return {
    ...{ newer, dialling, accepting },
    dialler: new DiallingHandshake({ ...common, exporter, identity: dialling }, ACCEPTOR.id),
    acceptor: new AcceptingHandshake({ ...common, exporter: other, identity: accepting }),
  };
}
/** A ticket that was good until an hour more than it may be late. */
const ended = { issued: 0, expires: 1 };

describe('the hellos of a swarm connection', () => {
  it('show the key first and the ticket to members only', () => {
    const own = network.ticket(ACCEPTOR);
    const { dialler, acceptor } = sides({ accepts: own });
    const first = frameIn(dialler.greeting());
    assert.deepEqual(shownIn(first), { key: 0, ticket: '', signature: 0 });
    const second = frameIn(acceptor.take(first).send);
    assert.deepEqual(shownIn(second), { key: 91, ticket: '', signature: 64 });
    const third = dialler.take(second);
    assert.equal(third.peer, ACCEPTOR.id);
    const last = acceptor.take(frameIn(third.send));
    assert.equal(last.peer, DIALLER.id);
    const ticket = frameIn(last.send);
    assert.equal(ticket.type, 'proof');
    assert.deepEqual(shownIn(ticket), { key: 0, ticket: own, signature: 0 });
    dialler.confirm(ticket);
  });

  it('are refused by who dials when the ticket is none, and by who accepts likewise', () => {
    const foreign = new TestNetwork().ticket(DIALLER, { network: network.id });
    const { dialler, acceptor } = sides();
    const third = frameIn(
      dialler.take(frameIn(acceptor.take(frameIn(dialler.greeting())).send)).send,
    ) as HelloFrame;
    const forged = encodeProof({ ...decodeProof(third.proof), ticket: foreign });
    assert.throws(
      () => acceptor.take({ type: 'proof', proof: forged }),
      isRefusal(/did not give it its ticket/),
    );
    const other = sides({ accepts: network.ticket(ACCEPTOR, ended) });
    const proof = other.dialler.take(frameIn(other.acceptor.take(frameIn(other.dialler.greeting())).send));
    const shown = frameIn(other.acceptor.take(frameIn(proof.send)).send);
    assert.throws(() => other.dialler.confirm(shown), isRefusal(/its ticket ended at 1970/));
  });

  it("of another mode than the network's are refused", () => {
    const { dialler, acceptor } = sides({ dials: network.ticket(DIALLER, { mode: 'tls' }) });
    const third = dialler.take(frameIn(acceptor.take(frameIn(dialler.greeting())).send));
    assert.throws(() => acceptor.take(frameIn(third.send)), isRefusal(/its ticket is of a tls network/));
  });

  it('of who was revoked are refused before the dialling side shows its ticket', () => {
    const { dialler, dialling, acceptor } = sides();
    const peers = [ACCEPTOR.id];
    dialling.trust.takeRevocations(signRevocations(network.key, { network: network.id, number: 3, peers }));
    const hello = frameIn(acceptor.take(frameIn(dialler.greeting())).send);
    assert.throws(() => dialler.take(hello), isRefusal(/its membership was revoked/));
  });

  it('tell of a newer list of revocations once the other is a member', () => {
    const { dialler, acceptor, accepting, newer } = sides();
    accepting.trust.takeRevocations(
      signRevocations(network.key, { network: network.id, number: 3, peers: [] }),
    );
    const third = dialler.take(frameIn(acceptor.take(frameIn(dialler.greeting())).send));
    assert.deepEqual(newer, []);
    dialler.confirm(frameIn(acceptor.take(frameIn(third.send)).send));
    assert.deepEqual(newer, [ACCEPTOR.id]);
  });
});

describe('the hellos within TLS', () => {
  const session = (byte: number) => new Uint8Array(32).fill(byte);

  it('prove who dials in the first flight, and who accepts in the answer to it', () => {
    const own = network.ticket(ACCEPTOR);
    const { dialler, acceptor } = sides({ accepts: own, exporters: [session(1), session(1)] });
    assert.ok(dialler.provesAtOnce);
    const answer = acceptor.take(frameIn(dialler.greeting()));
    assert.equal(answer.peer, DIALLER.id);
    const [hello, ticket] = framesIn(answer.send!) as [ControlFrame, ControlFrame];
    assert.deepEqual(shownIn(hello), { key: 91, ticket: '', signature: 64 });
    assert.deepEqual(dialler.take(hello), { peer: ACCEPTOR.id, features: 0 });
    assert.deepEqual(shownIn(ticket), { key: 0, ticket: own, signature: 0 });
    dialler.confirm(ticket);
  });

  it('of another session are refused with a nonce and nothing else', () => {
    const { dialler, acceptor } = sides({ exporters: [session(1), session(2)] });
    const first = frameIn(dialler.greeting());
    assert.throws(
      () => acceptor.take(first),
      (error: unknown) => {
        isRefusal(/its signature is wrong/)(error);
        const [hello, bye] = framesIn((error as Refusal).farewell) as [ControlFrame, ControlFrame];
        assert.deepEqual(shownIn(hello), { key: 0, ticket: '', signature: 0 });
        assert.deepEqual(dialler.take(hello), {}, 'who dials waits for the reason');
        assert.throws(() => dialler.take(bye), /refused: .*its signature is wrong/);
        return true;
      },
    );
  });

  it('are not begun with who was revoked', () => {
    const { dialler, dialling } = sides({ exporters: [session(1), session(1)] });
    const peers = [ACCEPTOR.id];
    dialling.trust.takeRevocations(signRevocations(network.key, { network: network.id, number: 3, peers }));
    assert.throws(() => dialler.greeting(), { code: 'forbidden', message: /its membership was revoked/ });
  });

  it('without a session say nothing of a proof that stands there', () => {
    const { dialler, acceptor } = sides({ exporters: [session(1), undefined] });
    const answer = acceptor.take(frameIn(dialler.greeting()));
    assert.equal(answer.peer, undefined, 'it has to prove itself as everybody in plaintext');
  });
});

function shownIn(frame: ControlFrame) {
  const { key, ticket, signature } = decodeProof((frame as HelloFrame).proof);
  return { key: key.byteLength, ticket, signature: signature.byteLength };
}

const isRefusal = (text: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Refusal);
  assert.equal(error.reason, 'membership');
  assert.match(error.message, text);
  assert.match((framesIn(error.farewell).at(-1) as { text: string }).text, text);
  return true;
};
