import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { eventually } from '../../test/harness/eventually.ts';
import { makeFile } from '../../test/harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../../test/harness/processes.ts';
import { addLeases } from '../../test/support/many-leases.ts';
import { adopt, clientOf, type LocalClient } from '../index/daemon.ts';
import { buildDatabase } from '../index/database.ts';
import { isIndexed } from '../index/indexed.ts';

export interface CrowdedNetwork extends AsyncDisposable {
  readonly peer: PeerProcess;
  readonly client: LocalClient;
}

export interface Crowd {
  readonly entries: number;
  readonly peers: number;
  readonly jobs: number;
}

const JOB_BYTES = 4 * 2 ** 20;

/** A registry, and a peer that knows so many entries and active peers and has so many jobs, the first ones under way at 2 MB/s. */
export async function crowdedNetwork({ entries, peers, jobs }: Crowd): Promise<CrowdedNetwork> {
  const { file } = buildDatabase(entries);
  await using started = new AsyncDisposableStack();
  const network = started.use(await ProcessNetwork.start(['--lease', '7200']));
  const source = await network.makeFolder('source');
  for (let at = 0; at < jobs; at += 1) await makeFile(path.join(source, nameOf(at)), JOB_BYTES, at + 1);
  await network.peer('source', { shares: [source], scanInterval: 3600, args: ['--up-limit', '2MB/s'] });
  const args = ['--dashboard', '127.0.0.1:0'];
  // It follows them all: of so many the usual peer keeps a sample, and the entries of all others would be dropped while it is measured.
  const env = { PEERDEX_INDEX_PEERS: String(peers + 100) };
  const peer = await network.peer('bench', { scanInterval: 3600, args, env });
  await peer.daemon.kill('SIGTERM');
  await adopt(network, peer, file);
  await peer.daemon.restart();
  const client = await clientOf(peer);
  const listed = async () => (await client.ls({ query: { where: 'source:source' } })).entries.length === jobs;
  await eventually(listed, { timeout: 120_000, every: 200 });
  while (!isIndexed(peer.data)) await setTimeout(200);
  await begin(jobs, client);
  // Last, for it is tried to reach each of them.
  await network.registry.kill('SIGTERM');
  addLeases(network.folder.join('registry'), peers);
  await network.registry.restart();
  while ((await client.peers()).peers.length < peers) await setTimeout(200);
  const things = started.move();
  return { peer, client, [Symbol.asyncDispose]: () => things.disposeAsync() };
}

const nameOf = (at: number): string => `job ${String(at).padStart(4, '0')}.bin`;

/** Resolves when all of them are there; they outlive the call. */
async function begin(jobs: number, client: LocalClient): Promise<void> {
  const what = Array.from({ length: jobs }, (_, at) => `source:source/${nameOf(at)}`);
  const stop = new AbortController();
  let begun = 0;
  for await (const event of client.get({ body: { what } }, { signal: stop.signal })) {
    if (event.event === 'failed') throw new Error(`no job for ${event.path}: ${event.reason}`);
    if (event.event === 'job') begun += 1;
    if (begun === jobs) break;
  }
  stop.abort();
}
