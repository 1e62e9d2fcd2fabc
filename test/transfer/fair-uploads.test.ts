import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { eventually } from '../harness/eventually.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';
import { TcpProxy } from '../harness/tcp-proxy.ts';

const MIB = 2 ** 20;
/** Of each downloader; more than is looked at, so that both always want something. */
const WANTED = 40 * MIB;
const LOOKED_AT = 24 * MIB;

describe('an uplink that is full', () => {
  for (const files of [1, 8]) {
    it(`is shared by bytes between one downloader of one file and one of ${files}`, async () => {
      await using holder = await SwarmPeer.start(1);
      holder.upLimiter.rate = 25e6;
      await using first = await TcpProxy.start(holder.address.port);
      await using second = await TcpProxy.start(holder.address.port);
      await using one = await SwarmPeer.start(2);
      await using many = await SwarmPeer.start(3);
      one.knows({ id: holder.id, address: { host: '127.0.0.1', port: first.port } });
      many.knows({ id: holder.id, address: { host: '127.0.0.1', port: second.port } });
      using stop = stopper();
      const running = [
        await fetching(holder, one, WANTED, stop.signal),
        ...(await Promise.all(
          Array.from({ length: files }, () => fetching(holder, many, WANTED / files, stop.signal)),
        )),
      ].map(({ done }) => done);
      const reached = async (bytes: number) => {
        await eventually(() => holder.upMeter.total >= bytes);
        return [first.fromTarget, second.fromTarget] as const;
      };
      const before = await reached(4 * MIB);
      const after = await reached(4 * MIB + LOOKED_AT);
      const [toOne, toMany] = after.map((bytes, n) => bytes - before[n]!) as [number, number];
      assert.ok(toOne + toMany > LOOKED_AT - 4 * LEAF_BYTES, 'both were under way');
      assert.ok(Math.abs(toOne / toMany - 1) <= 0.1, `${toOne} and ${toMany} bytes`);
      stop[Symbol.dispose]();
      await Promise.allSettled(running);
    });
  }
});

/** Ends what goes on, also where the test fails. */
function stopper(): Disposable & { readonly signal: AbortSignal } {
  const stop = new AbortController();
  return { signal: stop.signal, [Symbol.dispose]: () => stop.abort() };
}

/** The download, once it is under way: what it rejects with when it is stopped is not looked at. */
async function fetching(
  holder: SwarmPeer,
  peer: SwarmPeer,
  size: number,
  signal: AbortSignal,
): Promise<{ readonly done: Promise<unknown> }> {
  const name = randomBytes(8).toString('hex');
  const content = await holder.hold(name, randomBytes(size));
  const done = peer.fetch(content, size, name).run(signal);
  done.catch(() => {});
  return { done };
}
