import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { eventually } from '../../harness/eventually.ts';
import { attempt, run } from './shell.ts';

const BOOT_TIMEOUT_MS = 90_000;
const ADDRESS = '192.0.2.10/24';

/** A Debian root that systemd has started, with a network of its own that leads nowhere. */
export class Machine implements AsyncDisposable {
  readonly #container: ChildProcess;
  readonly #init: string;

  private constructor(container: ChildProcess, init: string) {
    this.#container = container;
    this.#init = init;
  }

  /** Resolves when systemd has started everything; rejects with what the console said. */
  static async boot(root: string): Promise<Machine> {
    const container = spawn(
      'systemd-nspawn',
      [
        '-q',
        '--boot',
        '-D',
        root,
        '--register=no',
        '--keep-unit',
        '--private-network',
        '--console=read-only',
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let console = '';
    for (const stream of [container.stdout, container.stderr])
      stream.setEncoding('utf8').on('data', (more) => {
        console += more;
      });
    try {
      const init = await eventually(
        async () => {
          const children = await readFile(`/proc/${container.pid}/task/${container.pid}/children`, 'utf8');
          return children.trim() || undefined;
        },
        { timeout: BOOT_TIMEOUT_MS },
      );
      const machine = new Machine(container, init);
      await eventually(
        async () => /^(running|degraded)/.test((await machine.try('systemctl is-system-running')).stdout),
        { timeout: BOOT_TIMEOUT_MS },
      );
      for (const args of [
        ['link', 'add', 'lan0', 'type', 'veth', 'peer', 'name', 'lan1'],
        ['addr', 'add', ADDRESS, 'dev', 'lan0'],
        ['link', 'set', 'lan0', 'up'],
        ['link', 'set', 'lan1', 'up'],
      ])
        await run('nsenter', ['-t', init, '-n', 'ip', ...args]);
      return machine;
    } catch (error) {
      container.kill('SIGKILL');
      throw new Error(`systemd did not start: ${console}`, { cause: error });
    }
  }

  /** A line as root types it; fails the test unless it ends well. */
  run(line: string): Promise<string> {
    return run('nsenter', this.#enter(line));
  }

  try(line: string) {
    return attempt('nsenter', this.#enter(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#container, 'exit');
    this.#container.kill('SIGTERM'); // it has systemd power off
    await gone;
  }

  #enter(line: string): string[] {
    const clean = [
      'env',
      '-i',
      'PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
      'HOME=/root',
      'LANG=C.UTF-8',
    ];
    return ['-t', this.#init, '-a', ...clean, 'bash', '-euo', 'pipefail', '-c', line];
  }
}
