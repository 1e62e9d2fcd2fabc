import type { Command } from 'commander';
import { COMMANDS, type CommandEntry } from '../../src/cli/commands.ts';
import { describeCommand } from '../../src/cli/completion/command-line.ts';
import { EXIT_OF } from '../../src/cli/exit-codes.ts';
import { SETTINGS } from '../../src/cli/settings/definitions.ts';

/** peerdex(1) in roff, made of the commands and settings themselves. */
export async function manPage(version: string, date: string): Promise<string> {
  const commands = await Promise.all(
    COMMANDS.filter(({ hidden }) => !hidden).map((entry) => section(entry, '')),
  );
  const variables = Object.values(SETTINGS).flatMap((one) =>
    one.environment === undefined
      ? []
      : [
          `.TP\n.B ${text(one.environment)}\n${'flag' in one && one.flag ? `as ${text(one.flag)}` : 'see docs/configuration.md'}`,
        ],
  );
  const codes = [
    ...new Map(
      Object.entries(EXIT_OF).map(([code, exit]) => [`${exit} ${code}`, [exit, code] as const]),
    ).values(),
  ];
  return `${[
    `.TH PEERDEX 1 "${date}" "peerdex ${version}" "User Commands"`,
    '.SH NAME',
    'peerdex \\- share folders, find files by name and fetch them from every holder at once',
    '.SH SYNOPSIS',
    '.B peerdex\n.I command\n[\\fIflags\\fR] [\\fIarguments\\fR]',
    '.SH DESCRIPTION',
    'A registry knows which peers of a network are active. A peer shares folders, keeps an index of what all peers share, and fetches files from every holder at once, each part verified.',
    '.SH COMMANDS',
    ...commands,
    '.SH ENVIRONMENT',
    ...variables,
    '.SH EXIT STATUS',
    '.TP\n.B 0\ndone',
    ...codes.sort(([a], [b]) => a - b).map(([exit, code]) => `.TP\n.B ${exit}\n${text(code)}`),
  ].join('\n')}\n`;
}

async function section(entry: CommandEntry, before: string): Promise<string> {
  const command = await describeCommand(entry);
  const name = `${before}${entry.name}`;
  const own = command.options.filter(
    ({ long }) => !GLOBAL.has(long ?? '') || before + entry.name === 'start',
  );
  const children = await Promise.all((entry.children ?? []).map((child) => section(child, `${name} `)));
  return [
    `.SS "${text(`peerdex ${name} ${operands(command)}`.trim())}"`,
    text(`${entry.summary[0]!.toUpperCase()}${entry.summary.slice(1)}.`),
    ...own.map(({ flags, description }) => `.TP\n.B "${text(flags)}"\n${text(description)}`),
    ...examplesOf(command),
    ...children,
  ].join('\n');
}

/** Said once, with `start`. */
const GLOBAL = new Set(['--data', '--json', '--log-level', '--log-format', '--version']);

const operands = ({ registeredArguments }: Command): string =>
  registeredArguments
    .map((one) => {
      const name = `${one.name()}${one.variadic ? '...' : ''}`;
      return one.required ? `<${name}>` : `[${name}]`;
    })
    .join(' ');

/** The lines below `Example:` in the command's help. */
function examplesOf(command: Command): string[] {
  let help = '';
  command.configureOutput({
    writeOut: (more) => {
      help += more;
    },
  });
  command.outputHelp();
  const lines = help.split('\n').filter((line) => line.startsWith('  $ '));
  return lines.length === 0 ? [] : ['.PP', '.nf', ...lines.map((line) => text(line.slice(2))), '.fi'];
}

/** Plain text in roff: no control lines, hyphens that can be copied. */
const text = (plain: string): string =>
  plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replace(/^([.'])/, '\\&$1');
