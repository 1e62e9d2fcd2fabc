import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { NONCE_BYTES } from '../../src/core/trust/proof.ts';
import type { ControlFrame } from '../../src/protocol/swarm/frames.ts';
import { PREFACE } from '../../src/protocol/swarm/limits.ts';
import { decodeProof, encodeProof, onlyNonce } from '../../src/protocol/swarm/proof.ts';
import type { FindAnswer, Status } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { makeFile } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { type ProofFrame, RawSwarm } from '../harness/raw-swarm.ts';
import { TestMember } from '../harness/test-member.ts';
import { TestNetwork } from '../support/signers.ts';

const MIB = 2 ** 20;
const LEAVES = 16;

describe("greetings on a peer's swarm that are none", () => {
  let cluster: ProcessNetwork;
  let alice: PeerProcess;
  let mallory: TestMember;
  let content: string;

  before(async () => {
    cluster = await ProcessNetwork.start(['--plaintext']);
    await makeFile(cluster.folder.join('share/big.bin'), LEAVES * LEAF_BYTES);
    alice = await cluster.peer('alice', { shares: [cluster.folder.join('share')] });
    mallory = await TestMember.join(cluster.join);
    content = (await alice.ask<FindAnswer>(['find', 'big'])).results[0]!.content;
  });
  after(() => cluster[Symbol.asyncDispose]());

  const greet = () => RawSwarm.greet(alice.port, mallory);
  const stillWell = async () => {
    assert.equal((await alice.ask<Status>(['status'])).network.registered, true);
    assert.ok(alice.daemon.stats.peakMemory < 300 * MIB, `${alice.daemon.stats.peakMemory} bytes`);
  };

  it('what is no preface, or garbage after it, ends the connection', async () => {
    for (const bytes of [
      Buffer.concat([Buffer.from([0]), randomBytes(5000)]),
      Buffer.concat([PREFACE, randomBytes(5000).fill(0xff, 0, 8)]),
      Buffer.concat([PREFACE, PREFACE]),
      Buffer.concat([PREFACE, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x01])]),
      Buffer.concat([PREFACE, Buffer.from([4, 0, 0, 0, 0x0d, 1, 0, 0, 0])]),
    ]) {
      await using raw = await RawSwarm.connect(alice.port);
      raw.write(bytes);
      await raw.ended(2000);
      assert.deepEqual(raw.frames, []);
    }
    await stillWell();
  });

  it('a frame that claims 4 GiB, or is none, ends the connection with a goodbye', async () => {
    for (const bytes of [
      [0xff, 0xff, 0xff, 0xff, 0x05],
      [0xff, 0xff, 0xff, 0xff, 0x09],
      [0xff, 0xff, 0xff, 0xff, 0xee],
      [0, 0, 0, 0, 0x08],
    ]) {
      await using raw = await greet();
      raw.write(Buffer.from(bytes));
      await raw.ended();
      assert.equal(raw.got('bye')[0]?.reason, 'protocol');
    }
    await stillWell();
  });

  it('another protocol version is answered with one sentence that names both', async () => {
    await using raw = await RawSwarm.greet(alice.port, mallory, { protocol: 7 });
    await raw.ended();
    const [bye] = raw.got('bye');
    assert.equal(bye?.reason, 'version');
    assert.match(
      bye.text,
      /^the peer at \S+ speaks protocol version 7 and this peerdex speaks 1: update the older of the two$/,
    );
  });

  it('another network, and the peer itself, are refused with a reason', async () => {
    await using stranger = await RawSwarm.greet(alice.port, mallory, { network: 'cd'.repeat(16) });
    await stranger.ended();
    assert.equal(stranger.got('bye')[0]?.reason, 'network');
    await using mirror = await RawSwarm.greet(alice.port, mallory, { peer: alice.id });
    await mirror.ended();
    assert.equal(mirror.got('bye')[0]?.reason, 'identity');
  });

  it('who proves nothing, or not himself on this connection, is refused and served nothing', async () => {
    const other = await TestMember.join(cluster.join);
    const nonce = randomBytes(NONCE_BYTES);
    await using earlier = await RawSwarm.meet(alice.port, mallory, nonce);
    const recorded = earlier.proofOf(mallory, nonce);
    earlier.send(recorded, { type: 'interest', channel: 1, content });
    await eventually(() => earlier.got('holding').length === 1);
    const proofs: [why: RegExp, (raw: RawSwarm) => ControlFrame][] = [
      [/it shows no ticket/, () => ({ type: 'proof', proof: encodeProof(onlyNonce(nonce)) })],
      [/its signature is wrong/, () => recorded],
      [/its key is another one/, (raw) => raw.proofOf(other, nonce)],
      [/its signature is wrong/, (raw) => raw.proofOf(mallory, randomBytes(NONCE_BYTES))],
      [
        /its ticket is of another peer/,
        (raw) => withTicket(raw.proofOf(mallory, nonce), other.trust.ticketText!),
      ],
      [
        /did not give it its ticket/,
        (raw) => withTicket(raw.proofOf(mallory, nonce), foreignTicket(mallory)),
      ],
    ];
    for (const [why, proof] of proofs) {
      await using raw = await RawSwarm.meet(alice.port, mallory, nonce);
      raw.send(proof(raw), { type: 'interest', channel: 1, content });
      await raw.ended();
      const [bye] = raw.got('bye');
      assert.equal(bye?.reason, 'membership');
      assert.match(bye.text, why);
      assert.deepEqual(raw.got('holding'), []);
    }
    await using silent = await RawSwarm.meet(alice.port, mallory, nonce);
    silent.send({ type: 'interest', channel: 1, content });
    await silent.ended();
    assert.deepEqual([silent.got('holding'), silent.dataBytes], [[], 0]);
    await stillWell();
  });

  it('nothing that is said after a goodbye is heard', async () => {
    await using raw = await greet();
    raw.send(
      { type: 'bye', reason: 'closing', text: '' },
      { type: 'interest', channel: 1, content },
      { type: 'request', channel: 1, first: 0, count: 4 },
    );
    await raw.ended();
    assert.deepEqual([raw.got('holding'), raw.dataBytes], [[], 0]);
    await using twice = await greet();
    twice.send(
      { type: 'interest', channel: 1, content },
      { type: 'interest', channel: 1, content },
      { type: 'interest', channel: 2, content },
    );
    await twice.ended();
    assert.equal(twice.got('holding').length, 1);
    assert.equal(twice.got('bye')[0]?.reason, 'protocol');
  });
});

function withTicket(frame: ProofFrame, ticket: string): ProofFrame {
  return { ...frame, proof: encodeProof({ ...decodeProof(frame.proof), ticket }) };
}

/** As the right network would give it, but for the key that signs it. */
function foreignTicket({ self, network }: TestMember): string {
  return new TestNetwork().ticket(self, { network });
}
