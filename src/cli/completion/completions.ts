import type { CommandEntry } from '../commands.ts';
import { escapeText } from '../output/escape.ts';
import { type Place, readPlace } from './command-line.ts';
import { type Candidate, liveNames, type NameKind } from './live-names.ts';
import { SHELLS } from './scripts.ts';

const FILES: readonly Candidate[] = [[':files']];
const FOLDERS: readonly Candidate[] = [[':folders']];
const RATES: readonly Candidate[] = [['unlimited'], ['1MB/s'], ['10MB/s'], ['100Mbit/s'], ['1Gbit/s']];
const SIZES: readonly Candidate[] = [['1MB'], ['100MB'], ['1GB'], ['10GB']];
const AGES: readonly Candidate[] = [['1d'], ['7d'], ['30d'], ['365d']];
const MOST = 300;

type Source = NameKind | readonly Candidate[];

/** What the operands of a command are; of others nothing is known. */
const OPERANDS: Readonly<Record<string, Source>> = {
  get: 'wanted',
  mirror: 'wanted',
  link: 'wanted',
  ls: 'places',
  find: 'files',
  pause: 'jobs that run',
  resume: 'jobs that stand',
  cancel: 'jobs not ended',
  why: 'jobs',
  unshare: 'shares',
  verify: 'shares',
  share: FOLDERS,
  up: FOLDERS,
  start: FOLDERS,
  'registry revoke': 'peers',
  'registry backup': FILES,
  'registry restore': FILES,
  completion: SHELLS.map((shell) => [shell]),
};

/** What the values of flags are. */
const VALUES: Readonly<Record<string, Source>> = {
  '--from': 'peers',
  '--peer': 'peers',
  '--min-size': SIZES,
  '--max-size': SIZES,
  '--newer': AGES,
  '--older': AGES,
  '--data': FOLDERS,
  '--downloads': FOLDERS,
  '--to': FOLDERS,
  '--output': FILES,
  '--csv': FILES,
  '--tls-cert': FILES,
  '--tls-key': FILES,
  '--log-level': [['debug'], ['info'], ['warn'], ['error']],
  '--log-format': [['text'], ['json']],
  '--role': [
    ['fetch', 'may fetch only'],
    ['publish', 'may share as well'],
    ['admin', 'may invite and revoke as well'],
  ],
  '--revoke': 'links',
  '--expires': [['1h'], ['1d'], ['7d'], ['30d']],
  '--uses': [['1'], ['10']],
  '--linger': [['0', 'not at all'], ['10m'], ['1h'], ['1d']],
  '--store': [['sqlite']],
  '--up': RATES,
  '--down': RATES,
  '--up-limit': RATES,
  '--down-limit': RATES,
};

/**
 * Lines for the word that is being typed, the last of `words`. `folderOf`: the data folder of the daemon that knows names, by what
 * `--data` said.
 */
export async function completions(
  entries: readonly CommandEntry[],
  words: readonly string[],
  folderOf: (data: string | undefined) => string,
): Promise<string[]> {
  const place = await readPlace(entries, words);
  const source = sourceOf(place);
  const found =
    typeof source === 'string'
      ? (await liveNames(source, folderOf(place.data), place.typed)).filter(isHarmless)
      : source;
  const lines = found.filter(([value]) => isForShell(value) || value.startsWith(place.typed)).map(lineOf);
  return [...new Set(lines)].slice(0, MOST);
}

function sourceOf({ path, command, children, operands, flag, typed }: Place): Source {
  if (flag) return VALUES[flag.long ?? ''] ?? [];
  if (typed.startsWith('-'))
    return [...command.options.map(({ long, description }): Candidate => [long!, description]), ['--help']];
  const commands = children
    .filter(({ hidden }) => !hidden)
    .map(({ name, summary }): Candidate => [name, summary]);
  if (commands.length > 0 && operands === 0) return commands;
  return OPERANDS[path.join(' ')] ?? [];
}

const isForShell = (value: string): boolean => value.startsWith(':');

/** Names come from other peers: one that would break the lines of the answer, deceive on a terminal, or be an order to the script is left out. */
const isHarmless = ([value]: Candidate): boolean => !isForShell(value) && escapeText(value) === value;

const lineOf = ([value, is]: Candidate): string =>
  is === undefined ? value : `${value}\t${escapeText(is.slice(0, 80))}`;
