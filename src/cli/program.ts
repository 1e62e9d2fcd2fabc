import { Command, CommanderError } from 'commander';
import { PeerdexError } from '../core/errors.ts';
import { COMMANDS, type CommandEntry, MENU } from './commands.ts';
import { EXIT_DONE, EXIT_USAGE } from './exit-codes.ts';
import { globalFlags } from './global-flags.ts';
import type { CommandModule } from './invocation.ts';
import { createOutput } from './output/output.ts';

/**
 * Parses one command line and runs its command. Only the module of the command that is called is loaded. Resolves with the
 * exit code; throws `usage` for what cannot be parsed, and what the command throws.
 */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let code = EXIT_DONE;
  const done = (result: number) => {
    code = result;
  };
  const program = globalFlags(new Command('peerdex'))
    .description('Share folders, find files by name and fetch them from every holder at once, verified.')
    .usage('[command] [flags]')
    .enablePositionalOptions()
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .addHelpText('after', EXAMPLE);
  attach(program, COMMANDS, done);
  try {
    await program.parseAsync(helpAsFlag(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT_DONE;
    if (error.code !== 'commander.help') throw usageError(error, argv, program);
    return plain(program);
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
async function plain(program: Command): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    process.stderr.write(program.helpInformation({ error: true }));
    return EXIT_USAGE;
  }
  return call(await MENU.load(), program);
}

function attach(parent: Command, entries: readonly CommandEntry[], done: (code: number) => void): void {
  for (const { name, summary, hidden } of entries) {
    parent.command(name, { hidden }).description(summary);
  }
  parent.hook('preSubcommand', async (_, command) => {
    const entry = entries.find(({ name }) => name === command.name())!;
    if (entry.peer) (await import('./daemons/few-arenas.ts')).beginWithFewArenas();
    const module = await entry.load();
    module.define(command);
    globalFlags(command).usage(usageOf(command)).enablePositionalOptions();
    if (entry.children) {
      attach(command, entry.children, done);
      command.allowExcessArguments();
    }
    command.action(async () => {
      if (entry.children) refuseWord(command, entry.children);
      done(await call(module, command));
    });
  });
}

/** A command with others below it takes no other words. */
function refuseWord(command: Command, children: readonly CommandEntry[]): void {
  const word = command.args[0];
  if (word === undefined) return;
  const name = `peerdex ${command.name()}`;
  throw new PeerdexError('usage', `\`${name}\` has no command ${JSON.stringify(word)}, only these`, {
    candidates: children.map((child) => ({ what: `${name} ${child.name}`, note: child.summary })),
  });
}

async function call(module: CommandModule, command: Command): Promise<number> {
  const flags = command.optsWithGlobals();
  const output = createOutput(flags.json === true);
  const { env: environment } = process;
  const code = await module.run({ args: command.args, flags, environment, cwd: process.cwd(), output });
  return code ?? EXIT_DONE;
}

/** As commander makes it, in the words of this program. */
const usageOf = (command: Command): string => command.usage().replace('[options]', '[flags]');

/** `peerdex help find` is `peerdex find --help`. */
const helpAsFlag = (argv: readonly string[]): string[] =>
  argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];

function usageError(
  { message, code }: CommanderError,
  argv: readonly string[],
  program: Command,
): PeerdexError {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const guess =
    (code === 'commander.unknownCommand' ? OTHER_WORDS[/'(.+)'/.exec(first)?.[1] ?? ''] : undefined) ??
    /\(Did you mean (.+)\?\)/.exec(rest.join(' '))?.[1];
  const hint = guess ? `did you mean ${guess}?` : helpHint(argv);
  const flag = code === 'commander.unknownOption' && !guess ? /'(.+)'/.exec(first)?.[1] : undefined;
  const words = calledWords(argv);
  if (flag === undefined || !takesNames(program, words)) return new PeerdexError('usage', first, { hint });
  return new PeerdexError('usage', first, {
    hint: `a name that begins with - stands behind --: \`peerdex ${words.join(' ')} -- ${flag}\`; ${hint}`,
  });
}

function takesNames(program: Command, words: readonly string[]): boolean {
  let command: Command | undefined = program;
  for (const word of words) command = command?.commands.find((one) => one.name() === word);
  return (command?.registeredArguments.length ?? 0) > 0;
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

/** The command that the line names, as far as there is one. */
function calledWords(argv: readonly string[]): string[] {
  const words: string[] = [];
  let entries: readonly CommandEntry[] = COMMANDS;
  for (const word of argv) {
    const entry = entries.find(({ name, hidden }) => name === word && !hidden);
    if (!entry) continue;
    words.push(word);
    entries = entry.children ?? [];
  }
  return words;
}

/** Where to read on. */
function helpHint(argv: readonly string[]): string {
  const words = calledWords(argv);
  if (words.length > 0) return `\`peerdex ${words.join(' ')} --help\` shows how, with examples`;
  return '`peerdex --help` lists the commands, `peerdex COMMAND --help` the flags';
}
