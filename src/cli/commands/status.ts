import type { Command } from 'commander';
import type { Status } from '../../protocol/http/local/status.ts';
import { openDaemon } from '../daemon.ts';
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { escapeText } from '../output/escape.ts';
import { fact, factLines, factRoom } from '../output/facts.ts';
import { examples } from '../output/help.ts';
import { humanCount, humanRate, humanSize } from '../output/human.ts';
import { shorten, textWidth } from '../output/width.ts';

export function define(command: Command): void {
  examples(command, [
    ['status', 'exit code 1 while a share cannot be read or holds rotten files'],
    ['status --json', 'the same as one JSON document'],
  ]);
}

export async function run(invocation: Invocation): Promise<number> {
  const { output } = invocation;
  const status = await (await openDaemon(invocation)).status();
  output.answer(status);
  for (const line of statusLines(status, output.width)) output.say(line);
  return status.shares.some(isLost) ? EXIT_FAILED : EXIT_DONE;
}

/** Something that is shared is not to be had. */
const isLost = ({ state, rotten }: Status['shares'][number]): boolean =>
  state === 'unavailable' || rotten > 0;

/** A peer as people read it, one fact a line, or several lines where the terminal is too narrow. */
export function statusLines(status: Status, width?: number): string[] {
  const { peer, network, shares, index, jobs, mirrors = [], rates, data } = status;
  const known = Object.entries(jobs).filter(([, count]) => count > 0);
  const lines = (label: string, text: string) => factLines(label, text, width);
  return [
    ...lines('peer', `${escapeText(peer.name)}  ${peer.id}`),
    ...lines('address', escapeText(peer.address)),
    ...lines('network', networkText(network)),
    ...shares.flatMap((share, i) => [
      ...shareLines(i === 0 ? 'shares' : '', share, width),
      ...warningLines(share.warnings, width),
    ]),
    ...lines(
      'index',
      `${humanCount(index.entries, 'entry', 'entries')} of ${humanCount(index.peers, 'peer')}`,
    ),
    ...warningLines(index.warnings, width),
    ...lines('jobs', known.map(([state, count]) => `${count} ${state}`).join(', ') || 'none'),
    ...mirrors.flatMap((one, i) => lines(i === 0 ? 'mirrors' : '', mirrorText(one))),
    ...lines('rates', `up ${humanRate(rates.up)}, down ${humanRate(rates.down)}`),
    fact('data', pathText(data, width)),
  ];
}

const warningLines = (warnings: readonly string[], width: number | undefined): string[] =>
  warnings.flatMap((warning) => factLines('', `warning: ${escapeText(warning)}`, width));

function mirrorText({ job, what, to, state, reason }: NonNullable<Status['mirrors']>[number]): string {
  const why = reason === null ? '' : `: ${escapeText(reason)}`;
  return `${job} ${escapeText(what)} to ${escapeText(to)}, ${state}${why}`;
}

/** A share in one line, or with its path below it. */
function shareLines(label: string, share: Status['shares'][number], width: number | undefined): string[] {
  const whole = `${shareText(share)}  ${escapeText(share.path)}`;
  if (width === undefined || textWidth(whole) <= factRoom(width)) return [fact(label, whole)];
  return [...factLines(label, shareText(share), width), fact('', pathText(share.path, width))];
}

const pathText = (path: string, width: number | undefined): string =>
  width === undefined ? escapeText(path) : shorten(escapeText(path), factRoom(width));

/** What is shared, without where. */
export function shareText({ name, files, bytes, state, links }: Status['shares'][number]): string {
  const skipped = links > 0 ? `, ${humanCount(links, 'symbolic link')} skipped` : '';
  const busy = state === 'ready' ? '' : ` (${state})`;
  return `${escapeText(name)}: ${humanCount(files, 'file')}, ${humanSize(bytes)}${skipped}${busy}`;
}

function networkText({ id, mode, registered, reason }: Status['network']): string {
  if (id === null) return 'none joined yet';
  const state = `${registered ? 'registered' : 'not registered'}${reason ? `: ${escapeText(reason)}` : ''}`;
  return `${id}, ${mode}, ${state}`;
}
