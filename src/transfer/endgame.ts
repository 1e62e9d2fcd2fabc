import type { Span } from './selection.ts';
import type { SourceSession } from './source-session.ts';

/**
 * What an idle source repeats when everything is asked for: a leaf that the slowest source owes alone, or undefined. The first
 * copy counts.
 */
export function endgameSpan(idle: SourceSession, sessions: readonly SourceSession[]): Span | undefined {
  let slowest: SourceSession | undefined;
  for (const session of sessions) {
    if (session === idle || session.owing === 0) continue;
    if (!slowest || session.meter.rate < slowest.meter.rate) slowest = session;
  }
  const leaf = slowest?.owed().findLast((owed) => idle.has(owed) && owers(owed, sessions).length === 1);
  return leaf === undefined ? undefined : { first: leaf, count: 1 };
}

export const owers = (leaf: number, sessions: readonly SourceSession[]): SourceSession[] =>
  sessions.filter((session) => session.owes(leaf));
