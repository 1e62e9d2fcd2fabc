import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FindAnswer } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { hashFile, makeFile } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import type { RunOptions } from '../harness/program.ts';
import { PREVIOUS, unpackPrevious } from '../harness/release-fixture.ts';
import { type TempFolder, tempFolder } from '../harness/temp-folder.ts';

/** Several leaves, the last one short. */
const BYTES = 3 * 2 ** 20 + 17;
const THIS: RunOptions = {};

describe(`this release and ${PREVIOUS} work together`, { skip: PREVIOUS === undefined }, () => {
  let folder: TempFolder;
  let previous: RunOptions;
  before(async () => {
    folder = await tempFolder();
    previous = { program: unpackPrevious(folder.path) };
  });
  after(() => folder[Symbol.asyncDispose]());

  it('at the previous registry', () => bothWays(() => previous));
  it('at the registry of this release', () => bothWays(() => THIS));

  /** A peer of each release: both are members, both find what the other has, and fetch it. */
  async function bothWays(ofRegistry: () => RunOptions): Promise<void> {
    await using network = await ProcessNetwork.start([], ofRegistry());
    const sides = [
      { name: 'now', options: THIS },
      { name: 'then', options: previous },
    ];
    const peers = new Map<string, PeerProcess>();
    for (const [seed, { name, options }] of sides.entries()) {
      await makeFile(network.folder.join(name, `of-${name}.bin`), BYTES, seed + 1);
      peers.set(name, await network.peer(name, { shares: [network.folder.join(name)], ...options }));
    }
    await Promise.all(
      sides.map(async ({ name, options }, i) => {
        const other = sides[1 - i]!.name;
        const peer = peers.get(name)!;
        const found = await eventually(async () => {
          const { results } = await peer.ask<FindAnswer>(['find', `of-${other}`], options);
          return results[0];
        });
        assert.deepEqual(
          found.holders.map((holder) => holder.name),
          [other],
        );
        const to = network.folder.join(`${name}-got.bin`);
        const done = (await peer.get([found.content, '-o', to], options)).one();
        assert.deepEqual(done.sources, [{ peer: peers.get(other)!.id, bytes: BYTES }]);
        assert.equal(await hashFile(to), await hashFile(network.folder.join(other, `of-${other}.bin`)));
      }),
    );
  }
});
