import type { WriteStream } from 'node:tty';
import type { styleText } from 'node:util';
import { toJsonLine } from './escape.ts';

export type Style = Parameters<typeof styleText>[0];

/** Where a command's words go: answers to standard output, everything else to standard error. */
export interface Output {
  /** `--json`: answers are JSON lines and nothing is said for people. */
  readonly json: boolean;
  /** Standard output is a terminal: escape sequences and shortening make sense. */
  readonly terminal: boolean;
  /** Columns of that terminal; undefined where nothing is to be shortened. */
  readonly width: number | undefined;
  /** A line for people on standard output; without `--json` only. */
  say(line?: string): void;
  /** One JSON document in one line; with `--json` only. */
  answer(value: unknown): void;
  /** A line for people on standard error; without `--json` only. */
  note(line: string): void;
  /** Bytes to standard output as they are; resolves when more may come. */
  write(text: string | Uint8Array): Promise<void>;
  /** Colours `text` where standard output is a terminal and NO_COLOR is not set. */
  style(style: Style, text: string): string;
}

/** Output of this process. */
export function createOutput(json: boolean): Output {
  const { stdout, stderr } = process;
  const terminal = stdout.isTTY === true;
  const coloured = hasColour(stdout);
  return {
    json,
    terminal,
    get width() {
      return terminal ? (stdout.columns ?? 80) : undefined;
    },
    say: (line = '') => {
      if (!json) stdout.write(`${line}\n`);
    },
    answer: (value) => {
      if (json) stdout.write(`${toJsonLine(value)}\n`);
    },
    note: (line) => {
      if (!json) stderr.write(`${line}\n`);
    },
    write: (text) =>
      new Promise((resolve) => {
        if (stdout.write(text)) resolve();
        else stdout.once('drain', resolve);
      }),
    // Not imported: that reads every export of node:util, which takes longer than most commands have.
    style: (style, text) =>
      coloured
        ? process.getBuiltinModule('node:util').styleText(style, text, { validateStream: false })
        : text,
  };
}

/** NO_COLOR (https://no-color.org): set to anything but the empty string. */
function hasColour(stream: WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}
