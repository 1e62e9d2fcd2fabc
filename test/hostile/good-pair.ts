import assert from 'node:assert/strict';
import type { FindAnswer } from '../harness/answers.ts';
import { makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

/** A network of two good peers: alice shares `good.txt`, and bob meets whoever a test lets in. */
export class GoodPair implements AsyncDisposable {
  readonly network: ProcessNetwork;
  readonly alice: PeerProcess;
  readonly bob: PeerProcess;

  static async start(): Promise<GoodPair> {
    const network = await ProcessNetwork.start();
    const share = await makeTree(network.folder.join('good'), { 'good.txt': 'good' });
    const alice = await network.peer('alice', { shares: [share] });
    return new GoodPair(network, alice, await network.peer('bob'));
  }

  private constructor(network: ProcessNetwork, alice: PeerProcess, bob: PeerProcess) {
    this.network = network;
    this.alice = alice;
    this.bob = bob;
  }

  /** Bob still finds what is good, and no memory was taken from him. */
  async stillWell(): Promise<void> {
    assert.equal((await this.bob.ask<FindAnswer>(['find', 'good'])).total, 1);
    const { peakMemory } = this.bob.daemon.stats;
    assert.ok(peakMemory < 250 * 2 ** 20, `${peakMemory} bytes`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.network[Symbol.asyncDispose]();
  }
}
