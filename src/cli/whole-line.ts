import { Command, CommanderError } from 'commander';
import { PeerdexError } from '../core/errors.ts';
import { COMMANDS, type CommandEntry, MENU } from './commands.ts';
import { EXIT_DONE, EXIT_USAGE } from './exit-codes.ts';
import { globalFlags } from './global-flags.ts';
import type { ReadLine } from './plain-line.ts';

/** Runs the command of a line that was read; resolves with the exit code. */
export type CallCommand = (line: ReadLine) => Promise<number>;

/**
 * Reads any command line, also one that is wrong or asks for help, and has its command called. Resolves with the exit code; throws
 * `usage` for what cannot be parsed, and what the command throws.
 */
export async function readWholeLine(argv: readonly string[], call: CallCommand): Promise<number> {
  let code = EXIT_DONE;
  const run: RunCommand = async (module, command) => {
    code = await call({ module, args: command.args, flags: command.optsWithGlobals() });
  };
  const program = globalFlags(new Command('peerdex'))
    .description('Share folders, find files by name and fetch them from every holder at once, verified.')
    .usage('[command] [flags]')
    .enablePositionalOptions()
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .addHelpText('after', EXAMPLE);
  attach(program, COMMANDS, run);
  try {
    await program.parseAsync(helpAsFlag(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT_DONE;
    if (error.code !== 'commander.help') throw usageError(error, argv);
    return plain(program, call);
  }
  return code;
}

const EXAMPLE = `
Examples:
  $ peerdex start ~/Music          a registry and a peer on this machine
  $ peerdex find holiday           who has a file with this name
  $ peerdex get beach.jpg -o .     fetch it from all who have it

\`peerdex COMMAND --help\` says more about each.`;

/** Plain `peerdex`: the menu on a terminal, elsewhere the help, which is no answer to anything. */
async function plain(program: Command, call: CallCommand): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    process.stderr.write(program.helpInformation({ error: true }));
    return EXIT_USAGE;
  }
  return call({ module: await MENU.load(), args: program.args, flags: program.opts() });
}

type RunCommand = (module: ReadLine['module'], command: Command) => Promise<void>;

function attach(parent: Command, entries: readonly CommandEntry[], run: RunCommand): void {
  for (const { name, summary, hidden } of entries) {
    parent.command(name, { hidden }).description(summary);
  }
  parent.hook('preSubcommand', async (_, command) => {
    const entry = entries.find(({ name }) => name === command.name())!;
    const module = await entry.load();
    module.define(command);
    globalFlags(command).usage(usageOf(command)).enablePositionalOptions();
    if (entry.children) attach(command, entry.children, run);
    command.action(() => run(module, command));
  });
}

/** As commander makes it, in the words of this program. */
const usageOf = (command: Command): string => command.usage().replace('[options]', '[flags]');

/** `peerdex help find` is `peerdex find --help`. */
const helpAsFlag = (argv: readonly string[]): string[] =>
  argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];

function usageError({ message, code }: CommanderError, argv: readonly string[]): PeerdexError {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const guess =
    (code === 'commander.unknownCommand' ? OTHER_WORDS[/'(.+)'/.exec(first)?.[1] ?? ''] : undefined) ??
    /\(Did you mean (.+)\?\)/.exec(rest.join(' '))?.[1];
  return new PeerdexError('usage', first, { hint: guess ? `did you mean ${guess}?` : helpHint(argv) });
}

/** What other programs call it. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  search: 'find',
  download: 'get',
  fetch: 'get',
  downloads: 'jobs',
  list: 'ls',
  add: 'share',
  remove: 'unshare',
  serve: 'up',
  run: 'up',
  stop: 'leave',
  connect: 'join',
  invite: 'registry invite',
  revoke: 'registry revoke',
  backup: 'registry backup',
  version: '--version',
};

/** Where to read on: at the command that was called, as far as there is one. */
function helpHint(argv: readonly string[]): string {
  const words: string[] = [];
  let entries: readonly CommandEntry[] = COMMANDS;
  for (const word of argv) {
    const entry = entries.find(({ name, hidden }) => name === word && !hidden);
    if (!entry) continue;
    words.push(word);
    entries = entry.children ?? [];
  }
  if (words.length > 0) return `\`peerdex ${words.join(' ')} --help\` shows how, with examples`;
  return '`peerdex --help` lists the commands, `peerdex COMMAND --help` the flags';
}
