import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';
import { TcpProxy } from '../harness/tcp-proxy.ts';
import { ManualClock } from '../support/manual-clock.ts';

const forever = new AbortController().signal;
/** Milliseconds of the clock that patience and limits go by, in one step of a test. */
const STEP = 100;

// Sockets and files are real; only the time goes by as the test says, so that minutes need no minutes.
describe('several files from one slow source', () => {
  it('over a slow link: all arrive, and the link carries little that is of no use', async () => {
    await using net = await Net.start();
    const files = await net.hold(8, 4 * LEAF_BYTES);
    net.proxy.give(0);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    await net.fetch(files, () => net.proxy.give(200_000 * (STEP / 1000)));
    assert.deepEqual(net.fetcher.passedOver, [], 'the source was never given up');
    const carried = net.proxy.fromTarget / bytes;
    assert.ok(carried < 1.02, `${carried} bytes for each of use`);
  });

  it('under a low upload limit: all arrive, and nothing is sent twice', async () => {
    await using net = await Net.start();
    const files = await net.hold(8, LEAF_BYTES);
    net.holder.upLimiter.rate = 40_000;
    await net.fetch(files);
    assert.deepEqual(net.fetcher.passedOver, [], 'the source was never given up');
    assert.equal(net.holder.uploads.meter.total, 8 * LEAF_BYTES);
  });
});

interface Held {
  readonly content: string;
  readonly size: number;
  readonly bytes: Buffer;
}

/** A holder, a fetcher, and the link between them. */
class Net implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly holder: SwarmPeer;
  readonly fetcher: SwarmPeer;
  readonly proxy: TcpProxy;

  static async start(): Promise<Net> {
    const clock = new ManualClock();
    const holder = await SwarmPeer.start(1, undefined, {}, clock);
    const fetcher = await SwarmPeer.start(2, undefined, {}, clock);
    const proxy = await TcpProxy.start(holder.address.port);
    fetcher.knows({ id: holder.id, address: { host: '127.0.0.1', port: proxy.port } });
    return new Net(clock, holder, fetcher, proxy);
  }

  private constructor(clock: ManualClock, holder: SwarmPeer, fetcher: SwarmPeer, proxy: TcpProxy) {
    this.clock = clock;
    this.holder = holder;
    this.fetcher = fetcher;
    this.proxy = proxy;
  }

  async hold(count: number, size: number): Promise<Held[]> {
    const held: Held[] = [];
    for (let n = 0; n < count; n += 1) {
      const bytes = randomBytes(size);
      held.push({ content: await this.holder.hold(`${n}.bin`, bytes), size, bytes });
    }
    return held;
  }

  /** Fetches all of them at a time while the clock goes on, ten minutes at most; `each` is called at every step. */
  async fetch(files: readonly Held[], each: () => void = () => {}): Promise<void> {
    let done = 0;
    const running = Promise.all(
      files.map(async ({ content, size, bytes }) => {
        await this.fetcher.fetch(content, size, content).run(forever);
        assert.deepEqual(await readFile(join(this.fetcher.folder, content)), bytes);
        done += 1;
      }),
    );
    const clock = async () => {
      for (let ms = 0; done < files.length; ms += STEP) {
        assert.ok(ms < 600_000, 'not within ten minutes');
        this.clock.advance(STEP);
        each();
        await delay(2);
      }
    };
    await Promise.all([running, clock()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fetcher[Symbol.asyncDispose]();
    await this.holder[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
  }
}
