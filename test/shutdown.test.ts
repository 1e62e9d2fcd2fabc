import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { LEAF_BYTES } from '../src/core/leaf-layout.ts';
import type { Log, LogFields } from '../src/core/ports/log.ts';
import { Cluster } from './harness/cluster.ts';
import { eventually } from './harness/eventually.ts';
import { makeFile, stampedBytes } from './harness/files.ts';
import { ProcessNetwork } from './harness/processes.ts';
import { runProgram, spawnProgram } from './harness/program.ts';
import { SwarmPeer } from './harness/swarm-peer.ts';

const SIZE = 2_000_000;

describe('a daemon that ends', () => {
  for (const [name, seconds, isWhole] of [
    ['lets an answer under way finish, and says so', 10, true],
    ['cuts it off when its time is over', 0.3, false],
  ] as const) {
    it(name, async () => {
      const { log, events } = eventLog();
      await using cluster = await Cluster.start({ mode: 'plaintext' });
      await makeFile(cluster.folder.join('shared', 'a.bin'), SIZE);
      const shares = [cluster.folder.join('shared')];
      const peer = await cluster.peer('one', { shares, upLimit: 1e6, shutdownSeconds: seconds, log });
      const { link } = await peer.client.link({ body: { what: 'a.bin' } });
      const response = await open(link.url);
      let bytes = 0;
      const ended = new Promise<boolean>((resolve) => {
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.byteLength;
        });
        response.once('close', () => resolve(response.complete));
      });
      await eventually(() => bytes > 0);
      await peer.running.close();
      assert.equal(await ended, isWhole);
      assert.equal(bytes === SIZE, isWhole);
      assert.deepEqual(
        events.filter((event) => event === 'stopping' || event === 'stopped'),
        ['stopping', 'stopped'],
      );
    });
  }

  it('sends what it has begun to send, and begins nothing more', async () => {
    await using seed = await SwarmPeer.start(1);
    await using peer = await SwarmPeer.start(2);
    seed.upLimiter.rate = 1e6;
    const content = await seed.hold('a.bin', stampedBytes(40 * LEAF_BYTES));
    peer.knows(seed);
    const stop = new AbortController();
    const fetch = peer.fetch(content, 40 * LEAF_BYTES, 'b.bin');
    const running = fetch.run(stop.signal).catch(() => {});
    await eventually(() => seed.uploads.queue.sending > 0 && fetch.bytes > 0);
    assert.equal(await seed.uploads.queue.finish(AbortSignal.timeout(10_000)), 0);
    const sent = seed.uploads.meter.total;
    assert.equal(sent % LEAF_BYTES, 0, 'whole leaves went out');
    await eventually(() => fetch.bytes === sent);
    assert.ok(sent < 40 * LEAF_BYTES);
    stop.abort(new Error('enough'));
    await running;
  });

  it('is cut off where it takes too long', async () => {
    await using seed = await SwarmPeer.start(1);
    await using peer = await SwarmPeer.start(2);
    seed.upLimiter.rate = 10_000;
    const content = await seed.hold('a.bin', stampedBytes(4 * LEAF_BYTES));
    peer.knows(seed);
    const stop = new AbortController();
    const running = peer.fetch(content, 4 * LEAF_BYTES, 'b.bin').run(stop.signal);
    running.catch(() => {});
    await eventually(() => seed.uploads.queue.sending > 0);
    assert.ok((await seed.uploads.queue.finish(AbortSignal.timeout(50))) > 0);
    stop.abort(new Error('enough'));
    await running.catch(() => {});
  });

  it('takes a second signal for an end at once', async () => {
    await using network = await ProcessNetwork.start(['--plaintext']);
    await makeFile(network.folder.join('shared', 'a.bin'), SIZE);
    const data = network.folder.join('data');
    const child = spawnProgram(
      ['up', network.folder.join('shared'), '--join', network.join, '--listen', '127.0.0.1:0'].concat([
        ...['--data', data, '--up-limit', '10kB/s', '--log-format', 'json', '--json'],
      ]),
      { env: { PEERDEX_SHUTDOWN_TIME: '1h' } },
    );
    const { listen } = JSON.parse(String((await once(createInterface({ input: child.stdout! }), 'line'))[0]));
    const url = await linkTo('a.bin', data);
    const response = await open(url.replace(/^http:\/\/[^/]+/, `http://${listen}`));
    await once(response, 'data');
    response.resume().on('error', () => {});
    const lines = createInterface({ input: child.stderr! });
    const stopping = new Promise<void>((resolve) => {
      lines.on('line', (line) => line.includes('"event":"stopping"') && resolve());
    });
    const gone = once(child, 'exit', { signal: AbortSignal.timeout(10_000) });
    child.kill('SIGTERM');
    await stopping;
    child.kill('SIGTERM');
    assert.deepEqual(await gone, [130, null]);
  });
});

async function linkTo(what: string, data: string): Promise<string> {
  const { stdout } = await runProgram(['link', what, '--data', data, '--json']);
  return JSON.parse(stdout).link.url;
}

async function open(url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
  response.on('error', () => {});
  return response;
}

function eventLog(): { readonly log: Log; readonly events: unknown[] } {
  const events: unknown[] = [];
  const take = (_message: string, fields?: LogFields) => void events.push(fields?.event);
  return { events, log: { debug: take, info: take, warn: take, error: take } };
}
