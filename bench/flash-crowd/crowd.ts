import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { ownedByNobody, PREFIX } from './leftovers.ts';
import type { Scenario } from './scenario.ts';
import { type LinkCount, readCounts, tokenBucket } from './shaping.ts';

const DEVICE = 'eth0';
const run = promisify(execFile);

/**
 * Hosts of one scenario on this machine: a network namespace each, joined by a bridge in one more, each with its shaped link. Nothing of
 * it is in the machine's own network. Host i has the address 10.77.0.(i + 1). Gone with all processes in it when disposed, and when
 * this process ends in any way but SIGKILL; what that leaves is removed by the next one.
 */
export class Crowd implements Disposable {
  readonly #names: readonly string[];
  readonly #hub: string;
  readonly #atExit = () => this[Symbol.dispose]();

  private constructor(count: number) {
    const prefix = `${PREFIX}${process.pid}-`;
    this.#hub = `${prefix}hub`;
    this.#names = Array.from({ length: count }, (_, i) => `${prefix}${i}`);
    // Before folders are removed: nobody must write there any more.
    process.prependListener('exit', this.#atExit);
  }

  static create({ up, down }: Scenario): Crowd {
    removeLeftovers();
    const crowd = new Crowd(up.length);
    try {
      crowd.#build(up, down);
      return crowd;
    } catch (error) {
      crowd[Symbol.dispose]();
      throw error;
    }
  }

  address(host: number): string {
    return `10.77.0.${host + 1}`;
  }

  /** What to put before a command so that it runs on this host. */
  within(host: number): readonly string[] {
    return ['ip', 'netns', 'exec', this.#names[host]!];
  }

  /** What this host has sent. */
  async sent(host: number): Promise<LinkCount> {
    const { stdout } = await run('tc', ['-n', this.#names[host]!, '-s', '-j', 'qdisc', 'show']);
    return readCounts(stdout).get(DEVICE)!;
  }

  /** What each host has received. */
  async received(): Promise<readonly LinkCount[]> {
    const { stdout } = await run('tc', ['-n', this.#hub, '-s', '-j', 'qdisc', 'show']);
    const counts = readCounts(stdout);
    return this.#names.map((_, host) => counts.get(port(host))!);
  }

  /** Pulls the host's cable: what was on its way is lost, and nobody is told. */
  unplug(host: number): void {
    ip('-n', this.#hub, 'link', 'set', port(host), 'down');
  }

  plug(host: number): void {
    ip('-n', this.#hub, 'link', 'set', port(host), 'up');
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#atExit);
    for (const name of [...this.#names, this.#hub]) remove(name);
  }

  #build(up: readonly number[], down: number): void {
    ip('netns', 'add', this.#hub);
    ip('-n', this.#hub, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', this.#hub, 'link', 'set', 'bridge', 'up');
    for (const [host, name] of this.#names.entries()) {
      ip('netns', 'add', name);
      const ends = ['netns', this.#hub, 'type', 'veth', 'peer', 'name', DEVICE, 'netns', name];
      ip('link', 'add', port(host), ...ends);
      ip('-n', name, 'address', 'add', `${this.address(host)}/24`, 'dev', DEVICE);
      tc('-n', name, 'qdisc', 'add', 'dev', DEVICE, 'root', ...tokenBucket(up[host]!));
      tc('-n', this.#hub, 'qdisc', 'add', 'dev', port(host), 'root', ...tokenBucket(down));
      ip('-n', name, 'link', 'set', 'lo', 'up');
      ip('-n', name, 'link', 'set', DEVICE, 'up');
      ip('-n', this.#hub, 'link', 'set', port(host), 'master', 'bridge', 'up');
    }
  }
}

/** Why no crowd can be made here and what to do about it, in one line; undefined where it can. */
export function crowdObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces exist on Linux only: run this there';
  if (process.getuid?.() !== 0) return 'making network namespaces needs root: run it with sudo';
  for (const tool of ['ip', 'tc']) {
    if (spawnSync(tool, ['-V']).error) return `${tool} is not installed: install the package iproute2`;
  }
  return undefined;
}

const port = (host: number): string => `port${host}`;
const ip = (...args: string[]): string => command('ip', args);
const tc = (...args: string[]): string => command('tc', args);

function command(name: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(name, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
  return stdout;
}

/** Ends what runs in a namespace of ours and removes it; nothing happens where there is none. */
function remove(name: string): void {
  const pids = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).stdout.split('\n');
  for (const pid of pids.filter(Boolean)) spawnSync('kill', ['-KILL', pid]);
  spawnSync('ip', ['netns', 'delete', name]);
}

/** Of runs that were killed. */
function removeLeftovers(): void {
  const names = ip('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0]!);
  for (const name of ownedByNobody(names)) remove(name);
}
