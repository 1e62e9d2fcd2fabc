import type { Command } from 'commander';
import type { Status } from '../../protocol/http/local/answers.ts';
import { openDaemon } from '../daemon.ts';
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { escapeText } from '../output/escape.ts';
import { examples } from '../output/help.ts';
import { humanCount, humanRate, humanSize } from '../output/human.ts';

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
  for (const line of statusLines(status)) output.say(line);
  return status.shares.some(isLost) ? EXIT_FAILED : EXIT_DONE;
}

/** Something that is shared is not to be had. */
const isLost = ({ state, rotten }: Status['shares'][number]): boolean =>
  state === 'unavailable' || rotten > 0;

/** A peer as people read it, one fact a line. */
export function statusLines({ peer, network, shares, index, jobs, rates, data }: Status): string[] {
  const known = Object.entries(jobs).filter(([, count]) => count > 0);
  return [
    fact('peer', `${escapeText(peer.name)}  ${peer.id}`),
    fact('address', escapeText(peer.address)),
    fact('network', networkText(network)),
    ...shares.flatMap((share, i) => [
      fact(i === 0 ? 'shares' : '', shareText(share)),
      ...share.warnings.map((warning) => fact('', `  warning: ${escapeText(warning)}`)),
    ]),
    fact('index', `${humanCount(index.entries, 'entry', 'entries')} of ${humanCount(index.peers, 'peer')}`),
    fact('jobs', known.map(([state, count]) => `${count} ${state}`).join(', ') || 'none'),
    fact('rates', `up ${humanRate(rates.up)}, down ${humanRate(rates.down)}`),
    fact('data', escapeText(data)),
  ];
}

/** `label` in a column of its own. */
export const fact = (label: string, text: string): string => `  ${label.padEnd(10)} ${text}`;

export function shareText({ name, path, files, bytes, state, links }: Status['shares'][number]): string {
  const skipped = links > 0 ? `, ${humanCount(links, 'symbolic link')} skipped` : '';
  const busy = state === 'ready' ? '' : ` (${state})`;
  return `${escapeText(name)}: ${humanCount(files, 'file')}, ${humanSize(bytes)}${skipped}${busy}  ${escapeText(path)}`;
}

export function networkText({ id, mode, registered, reason }: Status['network']): string {
  if (id === null) return 'none joined yet';
  const state = `${registered ? 'registered' : 'not registered'}${reason ? `: ${escapeText(reason)}` : ''}`;
  return `${id}, ${mode}, ${state}`;
}
