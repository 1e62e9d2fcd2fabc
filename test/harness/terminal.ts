import { spawnSync } from 'node:child_process';
import { type EventuallyOptions, eventually } from './eventually.ts';
import { PROGRAM } from './program.ts';

let terminals = 0;

export interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** 100 unless told; 40 lines. */
  readonly columns?: number;
}

/** A terminal (tmux) in which a program runs as a person would run it. */
export class Terminal implements AsyncDisposable {
  readonly #server: string;

  private constructor(server: string) {
    this.#server = server;
  }

  /** Runs `peerdex ARGS…`. */
  static start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    options: TerminalOptions = {},
  ): Terminal {
    return Terminal.command([process.execPath, PROGRAM, ...args], { ...options, env });
  }

  /** Runs any program. */
  static command(words: readonly string[], { env = {}, columns = 100 }: TerminalOptions = {}): Terminal {
    terminals += 1;
    const terminal = new Terminal(`peerdex-test-${process.pid}-${terminals}`);
    // By env and not by tmux, which puts its own PATH in place of this one.
    const variables = Object.entries({ LC_ALL: 'C.UTF-8', ...env }).map(
      ([name, value]) => `${name}=${value}`,
    );
    const command = ['env', ...variables, ...words].map(quote).join(' ');
    // The pane outlives the program, so that its last words and exit code can be read.
    const shell = `${command}; printf '\\nexit code %s\\n' "$?"; exec sleep 600`;
    const size = ['-x', String(columns), '-y', '40'];
    terminal.#tmux('-u', '-f', '/dev/null', 'new-session', '-d', ...size, shell);
    return terminal;
  }

  /** What stands on the screen now, and what scrolled off above it. */
  get screen(): string {
    return this.#tmux('capture-pane', '-p', '-J', '-S', '-500');
  }

  /** The same line by line as the terminal has them: what is too long for one stands in two. */
  get rows(): string[] {
    return this.#tmux('capture-pane', '-p', '-S', '-500').trimEnd().split('\n');
  }

  /** The same as `screen`, with its escape sequences. */
  get colours(): string {
    return this.#tmux('capture-pane', '-p', '-e', '-J', '-S', '-500');
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
