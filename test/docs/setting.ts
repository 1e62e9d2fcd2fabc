import { mkdir } from 'node:fs/promises';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree, seededBytes } from '../harness/files.ts';
import { freePort } from '../harness/free-port.ts';
import { programInPath } from '../terminal/program.ts';

/** Nothing of theirs changes by itself. */
const CALM = { scanSeconds: 3600 };

/** The machines that the documents speak of, on loopback: a registry, those who share, and the reader's own peer. */
export class Setting implements AsyncDisposable {
  readonly cluster: Cluster;
  /** The machine where lines are typed. */
  readonly reader: ClusterPeer;
  readonly metricsPort: number;
  /** Fetches so slowly that its downloads can be paused and asked about. */
  readonly slow: ClusterPeer;
  /** PATH with this program in it. */
  readonly searchPath: string;
  readonly home: string;
  #job: string | undefined;
  #spares = 0;

  private constructor(
    parts: Pick<Setting, 'cluster' | 'reader' | 'metricsPort' | 'slow' | 'searchPath' | 'home'>,
  ) {
    this.cluster = parts.cluster;
    this.reader = parts.reader;
    this.metricsPort = parts.metricsPort;
    this.slow = parts.slow;
    this.searchPath = parts.searchPath;
    this.home = parts.home;
  }

  static async start(): Promise<Setting> {
    const cluster = await Cluster.start();
    const home = cluster.folder.join('home');
    const tree = (name: string, files: Parameters<typeof makeTree>[1]) =>
      makeTree(cluster.folder.join(name), files);
    const sample = await tree('sample', { 'sample.txt': 'sample', 'sample-50MB.bin': seededBytes(2 ** 18) });
    const music = await tree('music', { 'live/one.ogg': 'one', 'holiday.jpg': 'picture' });
    const data = await tree('data', {
      'set1/a.csv': 'a',
      'debian.iso': 'i',
      'long.bin': seededBytes(2 ** 20, 2),
    });
    await tree('home', { 'Music/own song.ogg': 'own', 'Pictures/a.png': 'a', 'Videos/b.mkv': 'b' });
    const reports = await tree('reports', { 'report.pdf': 'report', 'photos/a.jpg': 'photo' });
    await mkdir(cluster.folder.join('tmp'));
    await cluster.peer('vm', { ...CALM, shares: [sample] });
    await cluster.peer('seed', { ...CALM, shares: [music, data] });
    const metricsPort = await freePort();
    const metrics = { host: '127.0.0.1', port: metricsPort };
    const dashboard = { listen: { host: '127.0.0.1', port: 0 } };
    const reader = await cluster.peer('laptop', { ...CALM, shares: [reports], metrics, dashboard });
    const slow = await cluster.peer('slow', { ...CALM, downLimit: 10_000 });
    for (const { client } of [reader, slow])
      for (const words of ['sample.txt', 'long.bin', 'report.pdf'])
        await eventually(async () => (await client.find({ query: { words, limit: 9 } })).total === 1);
    const searchPath = await programInPath(cluster.folder.join('bin'));
    return new Setting({ cluster, reader, metricsPort, slow, searchPath, home });
  }

  /** A peer that is there to be ended or put out. */
  spare(name: string): Promise<ClusterPeer> {
    this.#spares += 1;
    return this.cluster.peer(name, { ...CALM, data: this.cluster.folder.join(`spare-${this.#spares}`) });
  }

  /** A download that is under way, or paused for who is to resume it. */
  async job(command: string): Promise<string> {
    const { client } = this.slow;
    if (this.#job) await client.cancel({ params: { job: this.#job } }).catch(() => undefined);
    const job = await this.#begin();
    this.#job = job;
    if (command === 'resume') await client.pause({ params: { job } });
    return job;
  }

  /** The id of a link that holds. */
  async link(): Promise<string> {
    return (await this.reader.client.link({ body: { what: 'report.pdf' } })).link.id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
  }

  async #begin(): Promise<string> {
    for await (const event of this.slow.client.get({ body: { what: ['long.bin'], overwrite: true } }))
      if (event.event === 'job') return event.job;
    throw new Error('no download was begun');
  }
}
