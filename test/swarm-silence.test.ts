import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { describe, it } from 'node:test';
import { systemClock } from '../src/core/clock.ts';
import { LEAF_BYTES } from '../src/core/leaf-layout.ts';
import { silentLog } from '../src/core/ports/log.ts';
import { createPublicListener } from '../src/network/listener.ts';
import type { SwarmTimes } from '../src/network/swarm/swarm-times.ts';
import { PREFACE } from '../src/protocol/swarm/limits.ts';
import { eventually } from './harness/eventually.ts';
import { RawSwarm } from './harness/raw-swarm.ts';
import { SwarmPeer } from './harness/swarm-peer.ts';
import { freshKey } from './support/fresh-key.ts';
import { TestNetwork } from './support/signers.ts';

describe('connections that say or take nothing', () => {
  it('are closed when the first byte, or the hello, does not come in time', async () => {
    await using peer = await listening({ hello: 100 }, 100);
    await using silent = await RawSwarm.connect(peer.port);
    await using begun = await RawSwarm.connect(peer.port);
    begun.write(PREFACE);
    await using dripping = await RawSwarm.connect(peer.port);
    dripping.write(PREFACE);
    const drip = setInterval(() => dripping.write(Buffer.from([42])), 20);
    try {
      await Promise.all([silent.ended(3000), begun.ended(3000), dripping.ended(3000)]);
    } finally {
      clearInterval(drip);
    }
  });

  it('are closed when nothing of what waits for them is taken', async () => {
    await using peer = await listening({ stalled: 300, sweep: 50 });
    const content = await peer.swarm.hold('x', randomBytes(60 * LEAF_BYTES));
    await using raw = await RawSwarm.greet(peer.port, peer.member);
    await using reader = await RawSwarm.greet(peer.port, peer.member);
    raw.socket.pause();
    for (const one of [raw, reader]) {
      one.send(
        { type: 'interest', channel: 1, content },
        { type: 'request', channel: 1, first: 0, count: 2 },
      );
    }
    // More than the system takes: of content it is sent only a little, as it acknowledges nothing.
    raw.send(
      ...Array.from({ length: 4000 }, () => ({ type: 'leavesRequest', channel: 1, group: 0 }) as const),
    );
    await eventually(() => reader.dataBytes === 2 * LEAF_BYTES);
    // It reads nothing, so it only learns of the end by writing.
    await eventually(() => {
      raw.send({ type: 'close', channel: 77 });
      return raw.socket.destroyed;
    });
    await eventually(() => peer.uploadMemory() === 0);
    assert.equal(reader.closed, false, 'who has taken all and only rests is left alone');
  });

  it('are closed when nothing goes either way', async () => {
    await using peer = await listening({ quiet: 200, sweep: 50 });
    await using idle = await RawSwarm.greet(peer.port, peer.member);
    await using busy = await RawSwarm.greet(peer.port, peer.member);
    const talk = setInterval(() => busy.send({ type: 'close', channel: 1 }), 30);
    try {
      await idle.ended(5000);
      assert.equal(idle.got('bye')[0]?.reason, 'closing');
      assert.equal(busy.closed, false);
    } finally {
      clearInterval(talk);
    }
  });
});

/** A swarm of its own behind the real public listener, with times that a test can wait for. */
async function listening(times: Partial<SwarmTimes>, firstByteMs?: number) {
  const network = new TestNetwork();
  const self = freshKey();
  const swarm = await SwarmPeer.start(1, network, times);
  const listener: Server = createPublicListener({
    onHttp: (socket) => socket.destroy(),
    onSwarm: (socket) => swarm.swarm.accept(socket),
    clock: systemClock,
    log: silentLog,
    limits: firstByteMs === undefined ? {} : { headerMs: firstByteMs },
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    swarm,
    member: { id: self.id, network: network.id, trust: network.member(self) },
    port: (listener.address() as AddressInfo).port,
    uploadMemory: () => swarm.uploads.budget.used,
    async [Symbol.asyncDispose]() {
      listener.close();
      await swarm[Symbol.asyncDispose]();
    },
  };
}
