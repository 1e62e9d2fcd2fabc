import { PeerdexError } from '../../core/errors.ts';
import type { MirrorPlan } from './state.ts';

/** What one round came to. */
export interface RoundOutcome {
  /** Why the folder is not equal yet; undefined: it is. Of code `unavailable` where that may change by itself. */
  readonly problem: PeerdexError | undefined;
  /** Something was done that makes room for what could not be done in this round. */
  readonly again: boolean;
  /** What waits for somebody's word. */
  readonly asks: MirrorPlan['asks'];
  /** Milliseconds that it took to see what is to be done; what was done then is not in it. */
  readonly lookMs: number;
}

export interface RoundFacts {
  readonly lookMs: number;
  readonly root: string;
  readonly plan: Pick<MirrorPlan, 'asks' | 'blocked'>;
  readonly aside: MirrorPlan['aside'];
  readonly failures: readonly PeerdexError[];
  /** Things that were done. */
  readonly done: number;
  /** Why what it mirrors is not known as a whole. */
  readonly away: string | undefined;
}

/** Of several problems the one that somebody has to do something about. */
export function outcomeOf({ root, plan, aside, failures, done, away, lookMs }: RoundFacts): RoundOutcome {
  const { asks, blocked } = plan;
  const problem =
    (asks && asking(root, asks)) ??
    (failures[0] && failing(failures)) ??
    (aside[0] && leaving(root, aside)) ??
    (away === undefined ? undefined : new PeerdexError('unavailable', away, { retry: true })) ??
    (blocked.length > 0 ? inTheWay(root, blocked) : undefined);
  return { problem, asks, again: blocked.length > 0 && done > 0, lookMs };
}

const asking = (root: string, { files, of, anew }: NonNullable<MirrorPlan['asks']>): PeerdexError =>
  new PeerdexError(
    'conflict',
    anew
      ? `${files} of ${of} files in ${root} are in the index no more, which began anew: they are kept`
      : `${files} of ${of} files would be removed from ${root}: they are kept`,
    { hint: 'say the command again with --delete-all to let them go' },
  );

function failing(failures: readonly PeerdexError[]): PeerdexError {
  const [{ code, message, hint }] = failures as [PeerdexError];
  const others = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
  return new PeerdexError(code, `${message}${others}`, { hint, cause: failures[0] });
}

function leaving(root: string, aside: MirrorPlan['aside']): PeerdexError {
  const others = aside.length > 1 ? ` (and ${aside.length - 1} more)` : '';
  return new PeerdexError(
    'conflict',
    `${root}/${aside[0]!.relative} is left as it is: ${aside[0]!.reason}${others}`,
    {
      hint: aside[0]!.hint ?? 'move it away, and the one that is mirrored comes in its place',
    },
  );
}

const inTheWay = (root: string, blocked: readonly string[]): PeerdexError =>
  new PeerdexError('conflict', `what was at ${root}/${blocked[0]} before stands in the way`, {
    hint: 'it goes when its holder has deleted it, or move it away',
  });
