import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PeerConfig, RegistryConfig, RunningPeer, RunningRegistry } from '../../src/app/config.ts';
import { startPeer } from '../../src/app/peer.ts';
import { startRegistry } from '../../src/app/registry.ts';
import { parseJoinLink } from '../../src/core/join-link.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import { type Client, createClient } from '../../src/network/http/client.ts';
import type { GetEvent, GetRequest } from '../../src/protocol/http/local/get-events.ts';
import { localOperations } from '../../src/protocol/http/local/operations.ts';
import { type TempFolder, tempFolder } from './temp-folder.ts';

const LISTEN = { host: '127.0.0.1', port: 0 };
const MEMORY_BYTES = 224 * 2 ** 20;

/** A registry and any number of peers in this process, real to the last socket: for what needs many of them, or a debugger. */
export class Cluster implements AsyncDisposable {
  readonly folder: TempFolder;
  readonly registry: RunningRegistry;
  readonly #things = new AsyncDisposableStack();

  private constructor(folder: TempFolder, registry: RunningRegistry) {
    this.folder = folder;
    this.registry = registry;
    this.#things.use(folder);
    this.#things.use(registry);
  }

  static async start(config: Partial<RegistryConfig> = {}): Promise<Cluster> {
    const folder = await tempFolder();
    const registry = await startRegistry({
      data: folder.join('registry'),
      listen: LISTEN,
      advertise: [],
      leaseSeconds: 90,
      maxPeers: 1000,
      log: silentLog,
      ...config,
    });
    return new Cluster(folder, registry);
  }

  async peer(name: string, config: Partial<PeerConfig> = {}): Promise<ClusterPeer> {
    const data = config.data ?? this.folder.join(`${name}-data`);
    const running = await startPeer({
      data,
      name,
      shares: [],
      join: parseJoinLink(this.registry.join),
      listen: LISTEN,
      advertise: [],
      scanSeconds: 2,
      stillSeconds: 0,
      memoryBytes: MEMORY_BYTES,
      lingerSeconds: 600,
      log: silentLog,
      ...config,
    });
    this.#things.use(running);
    const daemon = JSON.parse(await readFile(path.join(data, 'daemon.json'), 'utf8')) as DaemonFile;
    return new ClusterPeer(name, data, running, daemon);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#things.disposeAsync();
  }
}

interface DaemonFile {
  readonly port: number;
  readonly token: string;
}

export class ClusterPeer {
  readonly name: string;
  readonly data: string;
  readonly running: RunningPeer;
  /** Port of its local API on 127.0.0.1, and what it wants to hear there. */
  readonly local: DaemonFile;
  readonly client: Client<typeof localOperations>;

  constructor(name: string, data: string, running: RunningPeer, local: DaemonFile) {
    this.name = name;
    this.data = data;
    this.running = running;
    this.local = local;
    const address = { host: '127.0.0.1', port: local.port };
    this.client = createClient(localOperations, { address, token: local.token });
  }

  get id(): string {
    return this.running.ready.id;
  }

  /** Runs a `get` to its end and gives its events. */
  async get(request: GetRequest): Promise<GetEvent[]> {
    const events: GetEvent[] = [];
    for await (const event of this.client.get({ body: request })) events.push(event);
    return events;
  }
}
