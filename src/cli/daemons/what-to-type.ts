import { escapeText } from '../output/escape.ts';

export interface FirstSteps {
  /** As a person types the program. */
  readonly program: string;
  /** The peer's data folder where commands need to be told, else undefined. */
  readonly data: string | undefined;
  readonly join: string;
  /** Whether the sample folder is shared: then there is a name to try. */
  readonly sample: boolean;
}

/** What to do next, on this machine and on a second one. */
export function whatToType({ program, data, join, sample }: FirstSteps): string[] {
  const here = data === undefined ? '' : ` --data ${quote(data)}`;
  const word = sample ? 'sample' : 'NAME';
  const file = sample ? 'sample-50MB.bin' : 'NAME';
  const second: readonly (readonly [string, string?])[] = [
    [`join ${quote(join)}`],
    ['up', 'leave it running; `up DIR` shares a folder as well'],
    [`find ${word}`, 'in another terminal'],
    [`get ${file}`],
  ];
  return [
    'Type on this machine, in another terminal:',
    `  ${program} open${here}`,
    `  ${program} find ${word}${here}`,
    `  ${program} status${here}`,
    '',
    'On a second machine that has peerdex:',
    ...second.map(([line, note]) => `  ${program} ${note ? `${line.padEnd(22)} ${note}` : line}`),
  ];
}

/** For a POSIX shell, so that the line can be copied. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${escapeText(text).replaceAll("'", `'\\''`)}'`;
}
