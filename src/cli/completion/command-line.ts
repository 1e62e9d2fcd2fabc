import { Command, type Option } from 'commander';
import type { CommandEntry } from '../commands.ts';
import { globalFlags } from '../global-flags.ts';

/** Where the cursor stands in a command line. */
export interface Place {
  /** Commands from the outermost on; empty before the first. */
  readonly path: readonly string[];
  /** The innermost command with its arguments and flags. */
  readonly command: Command;
  /** Commands that may follow. */
  readonly children: readonly CommandEntry[];
  /** Operands before the cursor. */
  readonly operands: number;
  /** The flag whose value is typed. */
  readonly flag: Option | undefined;
  /** What `--data` said before. */
  readonly data: string | undefined;
  /** What is typed of the last word. */
  readonly typed: string;
}

/** Reads the words after `peerdex`, the last one unfinished. Loads only the modules of the commands named. */
export async function readPlace(entries: readonly CommandEntry[], words: readonly string[]): Promise<Place> {
  const path: string[] = [];
  let command = globalFlags(new Command('peerdex'));
  let children = entries;
  let operands = 0;
  let flag: Option | undefined;
  let data: string | undefined;
  let flagsEnded = false;
  for (const word of words.slice(0, -1)) {
    if (flag) {
      if (flag.long === '--data') data = word;
      flag = undefined;
    } else if (word === '--' && !flagsEnded) flagsEnded = true;
    else if (word.startsWith('-') && !flagsEnded) {
      flag = word.includes('=') ? undefined : flagWithValue(command, word);
      if (word.startsWith('--data=')) data = word.slice('--data='.length);
    } else {
      const entry = operands === 0 ? children.find(({ name }) => name === word) : undefined;
      if (entry) {
        path.push(word);
        command = await describeCommand(entry);
        children = entry.children ?? [];
      } else operands += 1;
    }
  }
  return { path, command, children, operands, flag, data, typed: words.at(-1) ?? '' };
}

/** A command with all that `--help` says of it. */
export async function describeCommand(entry: CommandEntry): Promise<Command> {
  const command = new Command(entry.name).description(entry.summary);
  (await entry.load()).define(command);
  return globalFlags(command);
}

function flagWithValue(command: Command, word: string): Option | undefined {
  const option = command.options.find(({ long, short }) => long === word || short === word);
  return option && (option.required || option.optional) ? option : undefined;
}
