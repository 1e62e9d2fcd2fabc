import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { JobRow } from '../../src/protocol/http/local/job-row.ts';
import { eventually } from './eventually.ts';
import { GetResult, type PeerProcess } from './processes.ts';
import { spawnProgram } from './program.ts';

const ENDED: ReadonlySet<string> = new Set(['failed', 'done']);

/** A `get` that runs while the test does other things. */
export class BackgroundGet {
  readonly child: ChildProcess;
  readonly #peer: PeerProcess;
  readonly #known: ReadonlySet<string>;
  readonly #result: Promise<GetResult>;

  private constructor(peer: PeerProcess, args: readonly string[], known: ReadonlySet<string>) {
    this.#peer = peer;
    this.#known = known;
    const started = performance.now();
    this.child = spawnProgram(['get', ...args, '--json', '--data', peer.data]);
    this.child.stdin!.end();
    this.#result = Promise.all([
      text(this.child.stdout!),
      text(this.child.stderr!),
      once(this.child, 'close'),
    ]).then(
      ([stdout, stderr, [code]]) =>
        new GetResult({ code, stdout, stderr, seconds: (performance.now() - started) / 1000 }),
    );
    // Whoever never asks for the result must not end the whole test file by it.
    this.#result.catch(() => {});
  }

  static async start(peer: PeerProcess, args: readonly string[]): Promise<BackgroundGet> {
    const { jobs } = await peer.client.jobs();
    return new BackgroundGet(peer, args, new Set(jobs.map(({ id }) => id)));
  }

  /** The job that this get made, as the daemon tells it now. */
  async job(): Promise<JobRow> {
    const { jobs } = await this.#peer.client.jobs();
    const job = jobs.find(({ id }) => !this.#known.has(id));
    if (!job) throw new Error('the get has made no job yet');
    return job;
  }

  /** Waits until the job has that many bytes, and gives it. */
  async reaches(bytes: number): Promise<JobRow> {
    const job = await eventually(async () => {
      const now = await this.job();
      return now.bytes >= bytes || ENDED.has(now.state) ? now : undefined;
    });
    if (ENDED.has(job.state)) throw new Error(`the job is ${job.state}: ${job.reason}`);
    return job;
  }

  /** Resolves when the command has ended; kills it after `timeout` ms. */
  async result(timeout = 60_000): Promise<GetResult> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), timeout);
    try {
      return await this.#result;
    } finally {
      clearTimeout(timer);
    }
  }
}
