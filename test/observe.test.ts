import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import type { Log } from '../src/core/ports/log.ts';
import { Cluster } from './harness/cluster.ts';
import { eventually } from './harness/eventually.ts';
import { makeFile } from './harness/files.ts';

const LISTEN = { host: '127.0.0.1', port: 0 };

interface Answer {
  readonly status: number;
  readonly text: string;
}

describe('seen from outside', () => {
  it('every metric of peer and registry is documented, and every documented one is there', async () => {
    await using cluster = await Cluster.start();
    const peer = await cluster.peer('one', { upLimit: 1e6 });
    const registry = JSON.parse(await readFile(cluster.folder.join('registry', 'daemon.json'), 'utf8'));
    const scraped = [
      ['peer', await ask(peer.local.port, '/metrics', { token: peer.local.token })],
      ['registry', await ask(registry.port, '/metrics', { token: registry.token })],
    ] as const;
    const exposed = scraped.flatMap(([who, { status, text }]) => {
      assert.equal(status, 200);
      return [...kindsOf(text)].map(([name, kind]) => `${name} ${kind} ${who}`);
    });
    const documented = (await documentedMetrics()).flatMap(({ name, kind, of }) =>
      (of === 'both' ? ['peer', 'registry'] : [of]).map((who) => `${name} ${kind} ${who}`),
    );
    assert.deepEqual(exposed.sort(), documented.sort());
  });

  it('labels are few and never a name, path or id', async () => {
    await using cluster = await Cluster.start();
    const peer = await cluster.peer('one');
    await cluster.peer('two');
    const { text } = await ask(peer.local.port, '/metrics', peer.local);
    const labels = new Map((await documentedMetrics()).map(({ name, label }) => [name, label]));
    for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
      const [, name, pairs] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line)!;
      const label = pairs === undefined ? '' : /^(\w+)="[\w.-]{1,20}"$/.exec(pairs)?.[1];
      assert.equal(label, labels.get(name!), line);
    }
    assert.doesNotMatch(text, new RegExp(`${peer.id}|${peer.data}`));
  });

  it('every expression of the Grafana board names metrics that exist', async () => {
    const board = JSON.parse(await readFile('docs/grafana/peerdex.json', 'utf8'));
    const names = new Set((await documentedMetrics()).map(({ name }) => name));
    assert.ok(board.title && board.schemaVersion > 0 && board.panels.length > 0);
    const ids = board.panels.map(({ id }: { id: number }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { title, targets = [] } of board.panels) {
      for (const { expr } of targets) {
        const used = expr.match(/\b(?:peerdex|process|nodejs)_\w+/g) ?? [];
        assert.ok(used.length > 0, `${title}: ${expr}`);
        for (const name of used) assert.ok(names.has(name), `${title} asks for ${name}, which is no metric`);
      }
    }
  });

  it('what was fetched is counted on both sides', async () => {
    await using cluster = await Cluster.start();
    const size = 700_000;
    await makeFile(cluster.folder.join('shared', 'a.bin'), size);
    const seed = await cluster.peer('seed', { shares: [cluster.folder.join('shared')] });
    const peer = await cluster.peer('other');
    const events = await peer.get({ what: ['seed:shared/a.bin'] });
    assert.deepEqual(
      events.filter(({ event }) => event === 'failed'),
      [],
    );
    const metricOf = async (from: typeof peer, name: string) =>
      Number(
        new RegExp(`^${name} (\\S+)$`, 'm').exec(
          (await ask(from.local.port, '/metrics', from.local)).text,
        )?.[1],
      );
    assert.equal(await metricOf(peer, 'peerdex_download_bytes_total'), size);
    assert.equal(await metricOf(peer, 'peerdex_download_leaves_total'), 3);
    assert.ok((await metricOf(seed, 'peerdex_upload_bytes_total')) >= size);
  });

  it('a listener of its own tells metrics and health without a token, and not to other names', async () => {
    const { log, ports } = portsInLog();
    await using cluster = await Cluster.start({ metrics: LISTEN, leaseSeconds: 1, log });
    await using other = await Cluster.start();
    const peer = await other.peer('one', { metrics: LISTEN, log });
    assert.equal(ports.length, 2);
    for (const port of ports) {
      assert.deepEqual(await json(port, '/healthz'), { status: 200, alive: true });
      assert.deepEqual(await json(port, '/readyz'), { status: 200, ready: true, reasons: [] });
      assert.match((await ask(port, '/metrics')).text, /^process_start_time_seconds \d/m);
      assert.equal((await ask(port, '/metrics', { host: 'evil.example' })).status, 403);
      assert.equal((await ask(port, '/v1/status')).status, 404);
    }
    assert.equal((await ask(peer.local.port, '/readyz')).status, 401);
    assert.ok(cluster.registry);
  });

  it('a peer whose registry is gone is not ready, and says why', async () => {
    const { log, ports } = portsInLog();
    await using cluster = await Cluster.start({ leaseSeconds: 1 });
    await cluster.peer('one', { metrics: LISTEN, log });
    await cluster.registry.close();
    await eventually(async () => {
      const { status, reasons } = await json(ports[0]!, '/readyz');
      assert.equal(status, 503);
      assert.match(reasons[0], /^it is not registered: ./);
      return true;
    });
    assert.equal((await ask(ports[0]!, '/healthz')).status, 200);
  });
});

async function documentedMetrics(): Promise<{ name: string; kind: string; label: string; of: string }[]> {
  const rows = (await readFile('docs/metrics.md', 'utf8')).matchAll(
    /^\| `(\w+)` \| (gauge|counter) \| `?(\w*)`? ?\| (peer|registry|both) \| .+ \|$/gm,
  );
  return [...rows].map(([, name = '', kind = '', label = '', of = '']) => ({ name, kind, label, of }));
}

function kindsOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', kind = '']) => [name, kind]),
  );
}

/** Where listeners for metrics are, from the log line that says so. */
function portsInLog(): { readonly log: Log; readonly ports: number[] } {
  const ports: number[] = [];
  const take = (_message: string, fields?: Readonly<Record<string, unknown>>) => {
    if (fields?.event === 'metrics-listening') ports.push(Number(fields.port));
  };
  return { ports, log: { debug: take, info: take, warn: take, error: take } };
}

// biome-ignore lint/suspicious/noExplicitAny: whatever JSON comes
async function json(port: number, path: string): Promise<any> {
  const { status, text } = await ask(port, path);
  return { status, ...JSON.parse(text) };
}

function ask(
  port: number,
  path: string,
  { token, host = '127.0.0.1' }: { readonly token?: string; readonly host?: string } = {},
): Promise<Answer> {
  const headers = { host, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers, agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ status: response.statusCode ?? 0, text });
    });
    asked.once('error', reject).end();
  });
}
