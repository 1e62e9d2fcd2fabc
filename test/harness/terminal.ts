import { spawnSync } from 'node:child_process';
import { type EventuallyOptions, eventually } from './eventually.ts';
import { PROGRAM } from './program.ts';

let terminals = 0;

/** A terminal of 100 columns and 40 lines (tmux) in which `peerdex ARGS…` runs as a person would run it. */
export class Terminal implements AsyncDisposable {
  readonly #server: string;

  private constructor(server: string) {
    this.#server = server;
  }

  static start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Terminal {
    terminals += 1;
    const terminal = new Terminal(`peerdex-test-${process.pid}-${terminals}`);
    const command = [process.execPath, PROGRAM, ...args].map(quote).join(' ');
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    // The pane outlives the program, so that its last words and exit code can be read.
    const shell = `${command}; printf '\\nexit code %s\\n' "$?"; exec sleep 600`;
    terminal.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '40', ...variables, shell);
    return terminal;
  }

  /** What stands on the screen now, and what scrolled off above it. */
  get screen(): string {
    return this.#tmux('capture-pane', '-p', '-J', '-S', '-500');
  }

  /** Types text as it is. */
  type(text: string): void {
    this.#tmux('send-keys', '-l', text);
  }

  /** Presses keys by tmux's names: Enter, Up, Down, C-c, Escape. */
  press(...keys: string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  /** Waits until the screen shows this, and gives the screen. */
  async shows(wanted: RegExp, options?: EventuallyOptions): Promise<string> {
    let screen = '';
    await eventually(() => {
      screen = this.screen;
      if (!wanted.test(screen)) throw new Error(`the screen does not show ${wanted}:\n${screen}`);
      return true;
    }, options);
    return screen;
  }

  /** Waits until the program has ended, and gives its exit code. */
  async exitCode(options?: EventuallyOptions): Promise<number> {
    const screen = await this.shows(/exit code \d+/, options);
    return Number(/exit code (\d+)/.exec(screen)![1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    spawnSync('tmux', ['-L', this.#server, 'kill-server']);
  }

  #tmux(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-L', this.#server, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`);
    return stdout;
  }
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
