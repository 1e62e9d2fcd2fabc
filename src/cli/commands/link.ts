import type { Command } from 'commander';
import { PeerdexError } from '../../core/errors.ts';
import type { LinkRow } from '../../protocol/http/local/link-row.ts';
import { openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { nonEmpty, readFlag } from '../operands.ts';
import { escapeText } from '../output/escape.ts';
import { fact } from '../output/facts.ts';
import { examples } from '../output/help.ts';
import { humanSize, humanTime } from '../output/human.ts';
import type { Output } from '../output/output.ts';
import { type Column, table } from '../output/table.ts';
import { parseLifetime } from '../units.ts';

export function define(command: Command): void {
  command
    .argument('[what]', 'a file or folder of this peer, named as for `get`')
    .option('--expires <time>', 'when it ends: 12h, 30d, 2030-01-31 (default 7d, at most 10 years)')
    .option('--list', 'list the links of this peer')
    .option('--revoke <id>', 'withdraw a link; the beginning of its id is enough');
  examples(command, [
    ['link report.pdf --expires 2d', 'a URL for somebody outside the network'],
    ['link photos/', 'a folder, to look through in a browser'],
    ['link --list'],
    ['link --revoke 3f9c', 'it stops at once, also for downloads under way'],
  ]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { args, flags } = invocation;
  const asked = [args.length > 0, flags.list === true, flags.revoke !== undefined].filter(Boolean).length;
  if (asked !== 1) {
    throw new PeerdexError('usage', 'one of these is wanted: WHAT, --list, or --revoke ID', {
      hint: '`peerdex link --help` shows examples',
    });
  }
  if (flags.expires !== undefined && args.length === 0)
    throw new PeerdexError('usage', '--expires goes with WHAT: a link that is made keeps its end');
  if (args.length > 1)
    throw new PeerdexError('usage', 'a link is for one file or one folder', { hint: 'make a link for each' });
  if (flags.list === true) return list(invocation);
  if (flags.revoke !== undefined) return revoke(invocation, String(flags.revoke));
  return make(invocation, nonEmpty(args[0]!, 'a file or a folder'));
}

async function make(invocation: Invocation, what: string): Promise<undefined> {
  const { output, flags } = invocation;
  const seconds = flags.expires === undefined ? undefined : lifetime(String(flags.expires));
  const client = await openDaemon(invocation);
  const answer = await client.link({ body: { what, ...(seconds === undefined ? {} : { seconds }) } });
  output.answer(answer);
  const { link } = answer;
  output.say(link.url);
  output.say(
    fact(link.kind, escapeText(link.path) + (link.size === null ? '' : `, ${humanSize(link.size)}`)),
  );
  output.say(fact('ends', humanTime(link.expires)));
  output.say(fact('withdraw', `peerdex link --revoke ${link.id.slice(0, 12)}`));
  output.say(fact('fetch', link.curl));
  if (link.pin !== null) sayWarning(output);
}

function sayWarning(output: Output): void {
  output.say();
  output.say(
    "This peer's certificate is its own: a browser will warn before it goes on. The command above checks",
  );
  output.say('the key instead, so whoever uses it knows that nobody stands in between.');
}

const COLUMNS: readonly Column[] = [
  { title: 'ID' },
  { title: 'WHAT', shrinks: true },
  { title: 'SIZE', align: 'right', spare: 2 },
  { title: 'STATE' },
  { title: 'ENDS' },
  { title: 'USED', align: 'right', spare: 1 },
];

async function list(invocation: Invocation): Promise<undefined> {
  const { output } = invocation;
  const answer = await (await openDaemon(invocation)).links();
  output.answer(answer);
  if (answer.links.length === 0) return void output.note('this peer has made no link, or none that counts');
  const [head, ...lines] = table(COLUMNS, answer.links.map(row), output.width);
  output.say(head);
  // A URL is for copying: it is never cut.
  lines.forEach((line, i) => {
    output.say(line);
    if (answer.links[i]!.state === 'valid') output.say(`  ${answer.links[i]!.url}`);
  });
}

const row = ({ id, kind, path, size, state, expires, used }: LinkRow): string[] => [
  id,
  kind === 'folder' ? `${path}/` : path,
  size === null ? '' : humanSize(size),
  state,
  humanTime(expires),
  String(used),
];

async function revoke(invocation: Invocation, id: string): Promise<undefined> {
  const { output } = invocation;
  if (!/^[0-9a-f]{1,16}$/i.test(id)) {
    throw new PeerdexError('usage', `--revoke: not the id of a link: ${JSON.stringify(id.slice(0, 80))}`, {
      hint: '`peerdex link --list` shows the ids',
    });
  }
  const answer = await (await openDaemon(invocation)).revokeLink({ params: { id } });
  output.answer(answer);
  output.say(`the link for ${escapeText(answer.link.path)} is withdrawn`);
}

const lifetime = (text: string): number =>
  readFlag('--expires', text, (time) => parseLifetime(time, Date.now()));
