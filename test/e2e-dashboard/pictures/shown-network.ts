import { utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Cluster, ClusterPeer } from '../../harness/cluster.ts';
import { eventually } from '../../harness/eventually.ts';
import { makeFile } from '../../harness/files.ts';
import { peerWithDashboard } from '../support/browser.ts';

const KB = 1000;
const MB = 1_000_000;
const DAY_MS = 24 * 3600 * 1000;

/** Who shares what: paths with the bytes of each. Equal ones on several peers are one content. */
const SHARED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'media-box': {
    'lectures/graphs-01-introduction.mp4': 48 * MB,
    'lectures/graphs-02-shortest-paths.mp4': 52 * MB,
    'lectures/graphs-slides.pdf': 3400 * KB,
    'field recordings/2025-06 marsh at dawn.flac': 38 * MB,
    'field recordings/2025-06 marsh at dusk.flac': 35 * MB,
  },
  'lab-3': {
    'datasets/weather-report-2023.csv': 6200 * KB,
    'datasets/weather-report-2024.csv': 7100 * KB,
    'datasets/weather-stations.parquet': 64 * MB,
    'reports/annual report 2024.pdf': 2300 * KB,
    'reports/annual report 2025 draft.docx': 840 * KB,
    'reports/figures/report-cover.png': 1200 * KB,
  },
  'build-host': {
    'images/lab-desktop-2026.1.iso': 88 * MB,
    'images/lab-server-2026.1.iso': 71 * MB,
    'reports/annual report 2024.pdf': 2300 * KB,
    'reports/test-report-nightly.html': 190 * KB,
  },
  'archive-nas': {
    'backup/weather-stations.parquet': 64 * MB,
    'backup/annual report 2024.pdf': 2300 * KB,
    'backup/report-template.odt': 96 * KB,
    'backup/lab-desktop-2026.1.iso': 88 * MB,
  },
};
/** Bytes a second. */
const UP: Readonly<Record<string, number>> = {
  'media-box': 900 * KB,
  'lab-3': 1400 * KB,
  'build-host': 700 * KB,
  'archive-nas': 500 * KB,
};

export interface ShownNetwork {
  readonly peer: ClusterPeer;
  /** Begins downloads, some of which are under way when it resolves. */
  readonly busy: () => Promise<void>;
}

/** A small network with plausible names, and the peer whose dashboard is shown. */
export async function shownNetwork(cluster: Cluster): Promise<ShownNetwork> {
  const others: ClusterPeer[] = [];
  for (const [name, files] of Object.entries(SHARED))
    others.push(await cluster.peer(name, { shares: await foldersOf(cluster, name, files) }));
  const peer = await peerWithDashboard(cluster, 'workbench', { downloads: cluster.folder.join('Downloads') });
  const total = Object.values(SHARED).reduce((sum, files) => sum + Object.keys(files).length, 0);
  await eventually(async () => (await peer.client.status()).index.entries > total, { timeout: 60_000 });
  return { peer, busy: () => begin(cluster, peer, others) };
}

async function foldersOf(
  cluster: Cluster,
  name: string,
  files: Readonly<Record<string, number>>,
): Promise<string[]> {
  const roots = new Set<string>();
  for (const [relative, size] of Object.entries(files)) {
    const file = cluster.folder.join(name, relative);
    const seed = [...path.basename(relative)].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
    await makeFile(file, size, seed);
    const at = new Date(Date.now() - (seed % 300) * DAY_MS);
    await utimes(file, at, at);
    roots.add(cluster.folder.join(name, relative.split('/')[0]!));
  }
  return [...roots];
}

async function begin(cluster: Cluster, peer: ClusterPeer, others: readonly ClusterPeer[]): Promise<void> {
  await peer.get({
    what: ['lab-3:reports/annual report 2024.pdf', 'lab-3:datasets/weather-report-2024.csv'],
  });
  const mirror = { what: 'lab-3:reports/', to: cluster.folder.join('Reports'), delete: true };
  for await (const event of peer.client.mirror({ body: mirror })) if (event.event === 'equal') break;
  for (const other of others) await other.client.limit({ body: { up: UP[other.running.ready.name]! } });
  const job = (what: string) => void peer.get({ what: [what] });
  job('build-host:images/lab-desktop-2026.1.iso');
  job('media-box:lectures/');
  job('lab-3:datasets/weather-stations.parquet');
  await eventually(
    async () => {
      const { jobs } = await peer.client.jobs();
      return jobs.filter(({ state, bytes, size }) => state === 'running' && bytes / size > 0.2).length >= 2;
    },
    { timeout: 120_000 },
  );
  const { jobs } = await peer.client.jobs();
  const lectures = jobs.find(({ what }) => what.startsWith('media-box'))!;
  await peer.client.pause({ params: { job: lectures.id } });
}
