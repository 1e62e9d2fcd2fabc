import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { NONCE_BYTES } from '../../src/core/trust/proof.ts';
import { encodeFrame } from '../../src/protocol/swarm/encode.ts';
import type { ControlFrame } from '../../src/protocol/swarm/frames.ts';
import { PREFACE } from '../../src/protocol/swarm/limits.ts';
import { encodeProof, onlyNonce } from '../../src/protocol/swarm/proof.ts';
import type { FindAnswer } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { makeFile } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';
import { RawSwarm } from '../harness/raw-swarm.ts';
import { TestMember } from '../harness/test-member.ts';

describe('hostile bytes within TLS', () => {
  it('members are served; whoever proves nothing, or what was proved elsewhere, is not', async () => {
    await using network = await ProcessNetwork.start();
    const bytes = 3 * LEAF_BYTES;
    await makeFile(network.folder.join('share/some.bin'), bytes);
    const alice = await network.peer('alice', { shares: [network.folder.join('share')] });
    const mallory = await TestMember.join(network.join);
    const { content } = (await alice.ask<FindAnswer>(['find', 'some'])).results[0]!;
    const nonce = randomBytes(NONCE_BYTES);
    await using first = await RawSwarm.meet(alice.port, mallory, nonce);
    const recorded = first.proofOf(mallory, nonce);
    const ask: ControlFrame[] = [
      { type: 'interest', channel: 1, content },
      { type: 'request', channel: 1, first: 0, count: 3 },
    ];
    first.send(recorded, ...ask);
    await eventually(() => first.dataBytes === bytes);
    for (const proof of [recorded, { ...recorded, proof: encodeProof(onlyNonce(nonce)) }]) {
      await using raw = await RawSwarm.meet(alice.port, mallory, nonce);
      raw.send(proof, ...ask);
      await raw.ended();
      assert.equal(raw.got('bye')[0]?.reason, 'membership');
      assert.deepEqual([raw.got('holding'), raw.dataBytes], [[], 0]);
    }
    await using early = await RawSwarm.connect(alice.port, await mallory.wire);
    const hello = early.provingHello(mallory, alice.id);
    early.write(PREFACE, encodeFrame(hello), ...ask.map(encodeFrame));
    await eventually(() => early.dataBytes === bytes);
    await using again = await RawSwarm.connect(alice.port, await mallory.wire);
    again.write(PREFACE, encodeFrame(hello), ...ask.map(encodeFrame));
    await again.ended();
    assert.equal(again.got('bye')[0]?.reason, 'membership');
    assert.deepEqual([again.got('holding'), again.dataBytes], [[], 0]);
    await using garbage = await RawSwarm.greet(alice.port, mallory);
    garbage.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x05]));
    await garbage.ended();
    assert.equal(garbage.got('bye')[0]?.reason, 'protocol');
    await using plain = await RawSwarm.connect(alice.port);
    plain.write(PREFACE);
    await plain.ended();
    assert.deepEqual(plain.frames, []);
  });
});
