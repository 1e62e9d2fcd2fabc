import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Bitfield } from '../../../src/core/bitfield.ts';
import type { NetworkMode } from '../../../src/core/join-link.ts';
import { leafCount } from '../../../src/core/leaf-layout.ts';
import { type Client, createClient } from '../../../src/network/http/client.ts';
import { localOperations } from '../../../src/protocol/http/local/operations.ts';
import { readMap } from '../../../src/storage/disk/map-file.ts';
import { Daemon } from '../../../test/harness/daemon.ts';
import { eventually } from '../../../test/harness/eventually.ts';
import type { PeerReadyLine, RegistryReady } from '../../../test/harness/processes.ts';
import type { Source } from '../../contender.ts';
import type { Crowd } from '../crowd.ts';
import type { CrowdContender, LeafWatch, Race } from '../race.ts';

const START_TIMEOUT_MS = 60_000;

/**
 * A registry and the seed on host 0, a daemon on every other, all as users start them. A fetch is a `get` that the daemon hears on its own
 * socket, as from the command line; the command itself is left out, for 16 of them would start on the cores of one machine.
 */
export const peerdexCrowd = (version: string, mode: NetworkMode): CrowdContender => ({
  name: `peerdex, ${mode === 'tls' ? 'TLS' : mode}`,
  version: `peerdex ${version}`,
  promises: `verified (BLAKE3), flushed${mode === 'tls' ? ', encrypted' : ''}`,
  showsLeaves: true,
  start: async (crowd, hosts, source, folder) => {
    const race = new PeerdexRace(crowd, source, folder);
    try {
      await race.start(hosts, mode);
      return race;
    } catch (error) {
      await race[Symbol.asyncDispose]();
      throw error;
    }
  },
});

class PeerdexRace implements Race {
  readonly #crowd: Crowd;
  readonly #source: Source;
  readonly #folder: string;
  readonly #things = new AsyncDisposableStack();
  readonly #peers: Daemon<PeerReadyLine>[] = [];
  #registry: Daemon<RegistryReady> | undefined;

  constructor(crowd: Crowd, source: Source, folder: string) {
    this.#crowd = crowd;
    this.#source = source;
    this.#folder = folder;
  }

  async start(hosts: number, mode: NetworkMode): Promise<void> {
    const args = [
      'registry',
      '--listen',
      `${this.#crowd.address(0)}:23475`,
      '--data',
      this.#data('registry'),
    ];
    if (mode === 'plaintext') args.push('--plaintext');
    this.#registry = this.#things.use(await Daemon.start(args, { within: this.#crowd.within(0) }));
    for (let host = 0; host < hosts; host += 1) await this.#startPeer(host);
    for (let host = 1; host < hosts; host += 1) {
      const client = await this.#client(host);
      await eventually(
        async () =>
          (await client.find({ query: { words: this.#source.name } })).total > 0 &&
          (await client.peers()).peers.length === hosts,
        { timeout: START_TIMEOUT_MS },
      );
    }
  }

  pids(host: number): number[] {
    const daemons = host === 0 ? [this.#peers[0]!, this.#registry!] : [this.#peers[host]!];
    return daemons.filter(({ isRunning }) => isRunning).map(({ pid }) => pid);
  }

  destination(host: number): string {
    return path.join(this.#folder, `out-${host}`, this.#source.name);
  }

  async fetch(host: number): Promise<void> {
    const client = await this.#client(host);
    const what = [`host0:${path.basename(this.#source.folder)}/${this.#source.name}`];
    for await (const event of client.get({ body: { what, output: this.destination(host) } })) {
      if (event.event === 'failed') throw new Error(event.reason);
      if (event.event === 'done') return;
    }
    throw new Error('the daemon ended');
  }

  async kill(host: number): Promise<void> {
    await Promise.all([this.#peers[host]!.kill(), ...(host === 0 ? [this.#registry!.kill()] : [])]);
  }

  get leaves(): LeafWatch {
    return {
      held: (host) => this.#held(host),
      says: async (host) =>
        (await (await this.#client(host)).jobs()).jobs.map(({ reason }) => reason ?? '').join(' '),
      seed: ['host0', this.#peers[0]!.ready.id.slice(0, 6)],
      revive: async () => {
        await this.#registry!.restart();
        await this.#peers[0]!.restart();
      },
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#things.disposeAsync();
  }

  async #startPeer(host: number): Promise<void> {
    const shares = host === 0 ? [this.#source.folder] : [];
    const place = ['--listen', `${this.#crowd.address(host)}:10000`, '--data', this.#data(`host${host}`)];
    const rest = ['--join', this.#registry!.ready.join, '--name', `host${host}`, '--scan-interval', '3600'];
    const within = this.#crowd.within(host);
    this.#peers[host] = this.#things.use(
      await Daemon.start<PeerReadyLine>(['up', ...shares, ...place, ...rest], { within }),
    );
  }

  #data(name: string): string {
    return path.join(this.#folder, name);
  }

  /** Unix sockets reach across network namespaces. */
  async #client(host: number): Promise<Client<typeof localOperations>> {
    const file = path.join(this.#data(`host${host}`), 'daemon.json');
    const { socket, token } = JSON.parse(await readFile(file, 'utf8')) as { socket: string; token: string };
    return createClient(localOperations, { socketPath: socket, token });
  }

  /** Read from the map of its partial, which the daemon writes after each leaf. */
  async #held(host: number): Promise<Bitfield> {
    const leaves = leafCount(this.#source.bytes);
    if (existsSync(this.destination(host))) return Bitfield.full(leaves);
    const folder = path.join(this.#data(`host${host}`), 'partials');
    const map = (await readdir(folder).catch(() => [])).find((name) => name.endsWith('.map'));
    const found = map === undefined ? undefined : await readMap(path.join(folder, map));
    return found?.claimed ?? new Bitfield(leaves);
  }
}
