import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import type { ControlFrame } from '../../src/protocol/swarm/frames.ts';
import { MAX_CHANNELS, PREFACE } from '../../src/protocol/swarm/limits.ts';
import type { FindAnswer, Status } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { hashFile, makeFile } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { RawSwarm } from '../harness/raw-swarm.ts';
import { TestMember } from '../harness/test-member.ts';

const MIB = 2 ** 20;
const LEAVES = 256;
const UNKNOWN = '0'.repeat(64);

describe("requests on a peer's swarm that no honest member makes", () => {
  let cluster: ProcessNetwork;
  let alice: PeerProcess;
  let bob: PeerProcess;
  let mallory: TestMember;
  let content: string;
  let file: string;
  let copies = 0;

  before(async () => {
    cluster = await ProcessNetwork.start(['--plaintext']);
    file = await makeFile(cluster.folder.join('share/big.bin'), LEAVES * LEAF_BYTES);
    alice = await cluster.peer('alice', { shares: [cluster.folder.join('share')] });
    bob = await cluster.peer('bob');
    mallory = await TestMember.join(cluster.join);
    content = (await alice.ask<FindAnswer>(['find', 'big'])).results[0]!.content;
  });
  after(() => cluster[Symbol.asyncDispose]());

  const greet = () => RawSwarm.greet(alice.port, mallory);
  /** Somebody honest fetches the file meanwhile. */
  const goodDownload = async () => {
    copies += 1;
    const to = cluster.folder.join(`copy-${copies}.bin`);
    const done = (await bob.get(['big.bin', '-o', to], { timeout: 60_000 })).one();
    assert.equal(done.bytes, LEAVES * LEAF_BYTES, 'all of it over the network');
    assert.equal(await hashFile(to), await hashFile(file));
    await rm(to);
  };
  const stillWell = async () => {
    assert.equal((await alice.ask<Status>(['status'])).network.registered, true);
    assert.ok(alice.daemon.stats.peakMemory < 300 * MIB, `${alice.daemon.stats.peakMemory} bytes`);
  };

  it('thousands of interests are each answered, up to as many channels as there may be', async () => {
    await using raw = await greet();
    const many = 5000;
    raw.send(
      ...Array.from(
        { length: many },
        (_, n): ControlFrame => ({ type: 'interest', channel: n, content: UNKNOWN }),
      ),
    );
    await eventually(() => raw.got('reject').length === many);
    assert.ok(raw.got('reject').every(({ reason, leaf }) => reason === 'unknown' && leaf === undefined));
    raw.frames.length = 0;
    raw.send(
      ...Array.from(
        { length: many },
        (_, n): ControlFrame => ({ type: 'interest', channel: many + n, content }),
      ),
    );
    await eventually(() => raw.got('reject').length + raw.got('holding').length === many);
    assert.equal(raw.got('holding').length, MAX_CHANNELS);
    assert.ok(raw.got('reject').every(({ reason }) => reason === 'busy'));
    await stillWell();
  });

  it('requests beyond the content are invalid, and the same ones again and again bring nothing more', async () => {
    const refusals: [ControlFrame[], string][] = [
      [[{ type: 'request', channel: 1, first: LEAVES, count: 1 }], 'invalid'],
      [[{ type: 'request', channel: 1, first: 0, count: 0 }], 'invalid'],
      [[{ type: 'request', channel: 1, first: 0, count: 0xffff_ffff }], 'invalid'],
      [[{ type: 'request', channel: 1, first: 0xffff_ffff, count: 2 }], 'invalid'],
      [[{ type: 'manifestRequest', channel: 1, page: 1 }], 'invalid'],
      [[{ type: 'leavesRequest', channel: 1, group: 4 }], 'invalid'],
    ];
    for (const [frames, reason] of refusals) {
      await using raw = await greet();
      raw.send({ type: 'interest', channel: 1, content }, ...frames);
      await eventually(() => raw.got('reject').length === 1);
      assert.equal(raw.got('reject')[0]?.reason, reason, JSON.stringify(frames));
      raw.send({ type: 'interest', channel: 2, content });
      await eventually(() => raw.got('holding').length === 2);
    }
    await using raw = await greet();
    raw.socket.pause();
    const whole: ControlFrame = { type: 'request', channel: 1, first: 0, count: LEAVES };
    raw.send({ type: 'interest', channel: 1, content }, ...Array.from({ length: 2000 }, () => whole));
    raw.socket.resume();
    // It says of nothing that it has come, and is sent only a little at a time.
    await eventually(() => raw.dataBytes >= 4 * LEAF_BYTES || raw.got('reject').length > 0);
    assert.ok(raw.dataBytes <= 8 * LEAF_BYTES);
    await stillWell();
  });

  it('frames that make no sense from the asking side are passed over', async () => {
    await using raw = await greet();
    raw.send(
      { type: 'holding', channel: 1, size: 5, whole: true },
      { type: 'manifest', channel: 1, page: 0, hashes: randomBytes(32) },
      { type: 'leaves', channel: 1, group: 0, hashes: randomBytes(64) },
      { type: 'reject', channel: 1, leaf: 3, reason: 'busy' },
      { type: 'complaint', channel: 9, leaf: 3 },
      { type: 'cancel', channel: 9, first: 0, count: 0xffff_ffff },
      { type: 'close', channel: 9 },
      { type: 'interest', channel: 1, content },
      { type: 'cancel', channel: 1, first: 0, count: 0xffff_ffff },
    );
    await eventually(() => raw.got('holding').length === 1);
    assert.equal(raw.closed, false);
  });

  it('who asks for hashes without end and reads nothing takes no memory', async () => {
    const flooders = await Promise.all(Array.from({ length: 8 }, greet));
    for (const raw of flooders) {
      raw.socket.pause();
      raw.send({ type: 'interest', channel: 1, content });
      const ask: ControlFrame[] = Array.from({ length: 900 }, (_, n) => ({
        type: 'leavesRequest',
        channel: 1,
        group: n % 4,
      }));
      raw.send(...ask);
    }
    await goodDownload();
    await stillWell();
    const [one] = flooders;
    one!.socket.resume();
    await eventually(() => one!.got('leaves').length === 900);
    one!.socket.pause();
    one!.send(
      ...Array.from(
        { length: 60_000 },
        (): ControlFrame => ({ type: 'leavesRequest', channel: 1, group: 0 }),
      ),
    );
    await goodDownload();
    await stillWell();
    for (const raw of flooders) raw.socket.destroy();
  });

  it('who asks for data on many channels and reads nothing does not starve the others', async () => {
    const hoarders = await Promise.all(
      Array.from({ length: 3 }, async () => RawSwarm.greet(alice.port, await TestMember.join(cluster.join))),
    );
    for (const raw of hoarders) {
      raw.socket.pause();
      for (let channel = 1; channel <= 100; channel += 1) {
        raw.send(
          { type: 'interest', channel, content },
          { type: 'request', channel, first: 0, count: LEAVES },
        );
      }
    }
    await goodDownload();
    await stillWell();
    for (const raw of hoarders) raw.socket.destroy();
    await goodDownload();
  });

  it('connections that are cut in the middle of anything leave nothing behind', async () => {
    const before = alice.daemon.stats.openFiles;
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const raw = n % 3 === 0 ? await RawSwarm.connect(alice.port) : await greet();
        if (n % 3 === 0) raw.write(PREFACE.subarray(0, 1 + (n % 7)));
        else {
          raw.send(
            { type: 'interest', channel: 1, content },
            { type: 'request', channel: 1, first: n % 200, count: 32 },
          );
          if (n % 2 === 0) await eventually(() => raw.dataBytes > 0);
        }
        if (n % 5 === 0) raw.socket.end();
        else if (n % 5 === 1) raw.socket.resetAndDestroy();
        else raw.socket.destroy();
      }),
    );
    await eventually(() => alice.daemon.stats.openFiles <= before + 1);
    await stillWell();
    await goodDownload();
  });
});
