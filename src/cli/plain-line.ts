import type { CommandShape } from './command-shape.ts';
import type { CommandEntry } from './commands.ts';
import { commonFlags } from './flags.ts';
import type { CommandModule } from './invocation.ts';

/** A command line that was understood. */
export interface ReadLine {
  readonly module: CommandModule;
  /** Operands. */
  readonly args: readonly string[];
  /** By camel-cased long name: `true`, or the value. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/**
 * Reads what most command lines are, a command with its operands and with flags that are written out, as commander does: loading that
 * takes longer than most commands. Undefined for everything else, whether it is wrong, asks for help or is only written otherwise.
 */
export async function readPlainLine(
  entries: readonly CommandEntry[],
  argv: readonly string[],
): Promise<ReadLine | undefined> {
  const before = readWords(argv, commonFlags(new PlainShape()), true);
  const entry = entries.find(({ name }) => name === before?.operands[0]);
  if (!before || !entry || entry.children || entry.hidden) return undefined;
  const module = await entry.load();
  const shape = new PlainShape();
  module.define(shape);
  const own = readWords(before.operands.slice(1), commonFlags(shape), false);
  if (!own || !shape.takes(own)) return undefined;
  return { module, args: own.operands, flags: { ...own.flags, ...before.flags } };
}

interface Words {
  readonly operands: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
}

/** `isBefore`: flags are read up to the first operand. */
function readWords(words: readonly string[], shape: PlainShape, isBefore: boolean): Words | undefined {
  const flags: Record<string, unknown> = {};
  const operands: string[] = [];
  const left = words.values();
  for (const word of left) {
    if (word.length < 2 || !word.startsWith('-')) {
      operands.push(word);
      if (isBefore) operands.push(...left);
      continue;
    }
    const [, name = '', said] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [word, word];
    const flag = shape.flags.get(name);
    if (!flag || (said !== undefined && !flag.takesValue)) return undefined;
    const value = flag.takesValue ? (said ?? left.next().value) : true;
    if (value === undefined) return undefined;
    flags[flag.key] = value;
  }
  return { operands, flags };
}

interface PlainFlag {
  /** Camel-cased. */
  readonly key: string;
  readonly takesValue: boolean;
}

/** What a command takes, as far as that is plain: a flag with a collector, or with a value that may lack, is not known here. */
class PlainShape implements CommandShape {
  readonly flags = new Map<string, PlainFlag>();
  readonly #required: string[] = [];
  #least = 0;
  #most = 0;

  /** Whether these are operands enough and not too many, and all flags that must be there. */
  takes({ operands, flags }: Words): boolean {
    const { length } = operands;
    return length >= this.#least && length <= this.#most && this.#required.every((key) => key in flags);
  }

  argument(name: string): this {
    if (name.startsWith('<')) this.#least += 1;
    this.#most = /\.\.\.[\]>]$/.test(name) ? Number.POSITIVE_INFINITY : this.#most + 1;
    return this;
  }

  option(flags: string, _description: string, collect?: unknown): this {
    const [, short, long, value] = /^(?:(-\w), )?(--[a-z][a-z-]*)(?: (<.+>))?$/.exec(flags) ?? [];
    if (long === undefined || collect !== undefined || value?.endsWith('...>')) return this;
    const flag = { key: keyOf(long), takesValue: value !== undefined };
    for (const name of [short, long]) if (name !== undefined) this.flags.set(name, flag);
    return this;
  }

  requiredOption(flags: string, description: string): this {
    this.#required.push(keyOf(/--[a-z-]+/.exec(flags)![0]));
    return this.option(flags, description);
  }

  description(): this {
    return this;
  }

  addHelpText(): this {
    return this;
  }
}

/** `--min-size` is `minSize`. */
const keyOf = (long: string): string =>
  long.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
