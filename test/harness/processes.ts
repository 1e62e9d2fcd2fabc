import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import type { GetEvent } from '../../src/protocol/http/local/get-events.ts';
import type { FindAnswer } from './answers.ts';
import { Daemon } from './daemon.ts';
import { freePort } from './free-port.ts';
import { localClient } from './local-client.ts';
import { type RunOptions, type RunResult, runProgram } from './program.ts';
import { TcpProxy } from './tcp-proxy.ts';
import { type TempFolder, tempFolder } from './temp-folder.ts';

export interface RegistryReady {
  readonly join: string;
  readonly url: string;
  readonly id: string;
}

export interface PeerReadyLine {
  readonly id: string;
  readonly name: string;
  readonly listen: unknown;
  readonly dashboard: string | null;
  readonly registered: boolean;
}

export interface PeerOptions extends RunOptions {
  readonly shares?: readonly string[];
  /** Stand between this peer and everybody who dials it. */
  readonly proxy?: boolean;
  readonly args?: readonly string[];
  /** The folder of its data; by default one in the network's temp folder. */
  readonly data?: string;
  /** Seconds. */
  readonly scanInterval?: number;
}

/** A registry and peers of it, each a process that was started as a user starts it, on 127.0.0.1. */
export class ProcessNetwork implements AsyncDisposable {
  readonly folder: TempFolder;
  readonly registry: Daemon<RegistryReady>;
  readonly registryPort: number;
  readonly #things = new AsyncDisposableStack();

  private constructor(folder: TempFolder, registry: Daemon<RegistryReady>, port: number) {
    this.folder = folder;
    this.registry = registry;
    this.registryPort = port;
    this.#things.use(folder);
    this.#things.use(registry);
  }

  static async start(args: readonly string[] = [], options: RunOptions = {}): Promise<ProcessNetwork> {
    const folder = await tempFolder();
    const port = await freePort();
    const registry = await Daemon.start<RegistryReady>(
      ['registry', '--listen', `127.0.0.1:${port}`, '--data', folder.join('registry'), ...args],
      options,
    );
    return new ProcessNetwork(folder, registry, port);
  }

  get join(): string {
    return this.registry.ready.join;
  }

  /** Starts a peer; its port stays the same over restarts. */
  async peer(name: string, options: PeerOptions = {}): Promise<PeerProcess> {
    const port = await freePort();
    const proxy = options.proxy ? this.#things.use(await TcpProxy.start(port)) : undefined;
    const data = options.data ?? this.folder.join(`${name}-data`);
    const args = [
      'up',
      ...(options.shares ?? []),
      ...['--join', this.join, '--listen', `127.0.0.1:${port}`, '--data', data, '--name', name],
      ...['--scan-interval', String(options.scanInterval ?? 2)],
      ...(proxy ? ['--advertise', proxy.address] : []),
      ...(options.args ?? []),
    ];
    // Most tests write files right before they are to be listed, and none goes on writing.
    const env = { PEERDEX_STILL_TIME: '0', ...options.env };
    const daemon = this.#things.use(await Daemon.start<PeerReadyLine>(args, { ...options, env }));
    return new PeerProcess({ name, data, port, daemon, proxy, args });
  }

  /** A folder of this network's, made. */
  async makeFolder(...names: string[]): Promise<string> {
    const folder = this.folder.join(...names);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#things.disposeAsync();
  }
}

interface PeerParts {
  readonly name: string;
  readonly data: string;
  readonly port: number;
  readonly daemon: Daemon<PeerReadyLine>;
  readonly proxy: TcpProxy | undefined;
  readonly args: readonly string[];
}

export class PeerProcess {
  readonly name: string;
  readonly data: string;
  readonly port: number;
  readonly daemon: Daemon<PeerReadyLine>;
  readonly #proxy: TcpProxy | undefined;
  readonly args: readonly string[];

  constructor({ name, data, port, daemon, proxy, args }: PeerParts) {
    this.name = name;
    this.data = data;
    this.port = port;
    this.daemon = daemon;
    this.#proxy = proxy;
    this.args = args;
  }

  get id(): string {
    return this.daemon.ready.id;
  }

  get proxy(): TcpProxy {
    assert.ok(this.#proxy, `${this.name} was started without a proxy`);
    return this.#proxy;
  }

  /** Its local API, for what is looked at again and again: a command is a process, and costs fifty times as much. */
  get client(): ReturnType<typeof localClient> {
    return localClient(this.data);
  }

  /** What its local API finds with these in the name. */
  find(...words: readonly string[]): Promise<FindAnswer> {
    return this.client.find({ query: { words: words.join(' ') } });
  }

  /** Runs a client command against this peer. */
  run(args: readonly string[], options?: RunOptions): Promise<RunResult> {
    return runProgram([...args, '--data', this.data], options);
  }

  /** Runs a client command that has to succeed, and gives its JSON document. */
  async ask<T>(args: readonly string[], options?: RunOptions): Promise<T> {
    const result = await this.run([...args, '--json'], options);
    assert.equal(
      result.code,
      0,
      `peerdex ${args.join(' ')}: exit ${result.code}\n${result.stdout}\n${result.stderr}`,
    );
    return JSON.parse(result.stdout) as T;
  }

  /** Runs `get … --json` and gives its exit code and events. */
  async get(args: readonly string[], options?: RunOptions): Promise<GetResult> {
    const result = await this.run(['get', ...args, '--json'], options);
    return new GetResult(result);
  }
}

type EventOf<Kind extends GetEvent['event']> = Extract<GetEvent, { event: Kind }>;

export class GetResult {
  readonly code: number | null;
  readonly stderr: string;
  readonly seconds: number;
  readonly events: readonly GetEvent[];

  constructor({ code, stdout, stderr, seconds }: RunResult) {
    this.code = code;
    this.stderr = stderr;
    this.seconds = seconds;
    this.events = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as GetEvent);
  }

  get done(): readonly EventOf<'done'>[] {
    return this.events.filter((event) => event.event === 'done');
  }

  get failed(): readonly EventOf<'failed'>[] {
    return this.events.filter((event) => event.event === 'failed');
  }

  /** The `done` events of a get that has to succeed. */
  succeeded(): readonly EventOf<'done'>[] {
    assert.equal(
      this.code,
      0,
      `get failed (exit ${this.code}): ${JSON.stringify(this.failed)}\n${this.stderr}`,
    );
    return this.done;
  }

  /** The one `done` event of a get that has to succeed. */
  one(): EventOf<'done'> {
    const done = this.succeeded();
    assert.equal(done.length, 1, `one file, not ${JSON.stringify(done)}`);
    return done[0]!;
  }
}
