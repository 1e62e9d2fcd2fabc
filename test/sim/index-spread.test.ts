import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChangeNetwork } from './change-network.ts';

describe('a change of one log among many peers', () => {
  it('reaches 100 within 2 s, and its owner answers few of them', async () => {
    await using network = new ChangeNetwork({ peers: 100 });
    const { at } = await network.change();
    assert.ok(at[3]! < 2000, `the last knows it after ${at[3]} ms`);
    const asked = network.wire.answered.get(network.owner) ?? 0;
    assert.ok(asked <= 20, `the owner was asked ${asked} times`);
  });

  it('reaches them although nobody can dial the owner, the next time at one request each', async () => {
    await using network = new ChangeNetwork({ peers: 100, isHidden: true });
    const first = await network.change();
    assert.ok(first.at[3]! < 5000, `the last knows it after ${first.at[3]} ms`);
    const { at } = await network.change();
    assert.ok(at[3]! < 4000, `the last knows it after ${at[3]} ms`);
    assert.ok(network.wire.requests < 150, `${network.wire.requests} requests`);
    const most = Math.max(...network.wire.answered.values());
    assert.ok(most < 40, `one peer was asked ${most} times`);
  });

  it('reaches them without a registry, also when nobody can dial the owner', async () => {
    for (const isHidden of [false, true]) {
      await using network = new ChangeNetwork({ peers: 100, hasRegistry: false, isHidden });
      const { at } = await network.change();
      assert.equal(at.length, 4);
      assert.ok(at[3]! < 150_000, `the last knows it after ${at[3]} ms`);
      const asked = network.wire.answered.get(network.owner) ?? 0;
      assert.ok(asked <= 20, `the owner was asked ${asked} times`);
    }
  });
});
