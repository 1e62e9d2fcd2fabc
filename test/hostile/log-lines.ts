import type { PeerProcess } from '../harness/processes.ts';

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly peer?: string;
  readonly address?: string;
  readonly content?: string;
  readonly job?: string;
}

/** What a peer that was started with `--log-format json` has said so far. */
export function logLines({ daemon }: PeerProcess): readonly LogLine[] {
  return daemon.stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
}

/** Its warnings, by source and cause: a peer or host, and the sentence without what differs from time to time. */
export function warningsByCause(peer: PeerProcess): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { level, msg, peer: id, address, content, job } of logLines(peer)) {
    if (level !== 'warn' && level !== 'error') continue;
    const source = id ?? address?.replace(/:\d+$/, '') ?? '';
    const key = [source, content ?? job ?? '', msg.replace(/[\d.:]+/g, '#')].join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
