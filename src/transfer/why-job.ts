import type { JobFacts } from './job-facts.ts';
import { type SourceWaits, waitsOf } from './why-source.ts';

/** What holds a job back, by a name that stays. */
export type Cause =
  | 'ended'
  | 'paused'
  | 'stopped'
  | 'waits'
  | 'holder-away'
  | 'preparing'
  | 'own-limit'
  | 'disk'
  | 'sources'
  | 'silent'
  | 'nothing-to-give';

export interface Why {
  readonly cause: Cause;
  /** One sentence for people, without a full stop. */
  readonly text: string;
}

export interface WhyWords {
  nameOf(peer: string): string;
  /** A time for people; milliseconds since 1970. */
  time(at: number): string;
  rate(bytesPerSecond: number): string;
}

/** So near a limit it is the limit that holds a download back. */
const AT_LIMIT = 0.85;

/** What holds a job back, the weightiest first; at least one. The words for people and dashboards alike. */
export function whyJob(facts: JobFacts, words: WhyWords): readonly Why[] {
  const { job, isRunning, files } = facts;
  if (!isRunning) return [whyStill(facts)];
  const away = facts.absent.map(({ name, lastSeen }): Why => {
    return { cause: 'holder-away', text: `waiting: holder ${name} is away since ${words.time(lastSeen)}` };
  });
  if (job.shown === 'waiting')
    return [...away, { cause: 'waits', text: `waiting: ${job.why ?? 'nothing comes'}` }];
  const sources = files.flatMap((file) => file.sources);
  if (sources.length === 0) {
    return [{ cause: 'preparing', text: 'it looks at what is there already, or for sources' }];
  }
  const own = whyOwn(facts, words);
  const theirs = whySources(
    sources.map((source) => ({ ...source, waits: waitsOf(source) })),
    words,
  );
  // Who gives up to the limit here may have more to give.
  const isLimited = own.some(({ cause }) => cause === 'own-limit');
  return [...own, ...theirs.filter(({ cause }) => !(isLimited && cause === 'sources'))];
}

function whyStill({ job }: JobFacts): Why {
  const { id, state, reason } = job;
  if (state === 'paused')
    return { cause: 'paused', text: `it is paused; \`peerdex resume ${id}\` goes on with it` };
  if (state === 'failed') {
    return {
      cause: 'ended',
      text: `it failed: ${reason ?? 'nobody knows why'}; \`peerdex resume ${id}\` tries again`,
    };
  }
  if (state === 'done' || state === 'cancelled') return { cause: 'ended', text: `nothing: it is ${state}` };
  return { cause: 'stopped', text: 'the daemon is starting or stopping; it goes on by itself' };
}

/** What this machine is to blame for. */
function whyOwn({ files, rate, limit }: JobFacts, words: WhyWords): readonly Why[] {
  const causes: Why[] = [];
  if (limit !== undefined && rate >= limit * AT_LIMIT)
    causes.push({
      cause: 'own-limit',
      text: `the download limit here, ${words.rate(limit)} for all downloads`,
    });
  const of = (key: 'asked' | 'writing') =>
    files.reduce((sum, file) => sum + file.sources.reduce((all, source) => all + source[key], 0), 0);
  if (of('writing') > of('asked'))
    causes.push({ cause: 'disk', text: 'the disk here writes more slowly than files come' });
  return causes;
}

interface Waiting {
  readonly peer: string;
  readonly silentMs: number;
  readonly waits: SourceWaits;
}

/** Several files may have the same source: it counts once, by the best that can be said of it. */
function whySources(all: readonly Waiting[], words: WhyWords): readonly Why[] {
  const best = new Map<string, Waiting>();
  for (const source of all) {
    const known = best.get(source.peer);
    if (!known || RANK[source.waits] < RANK[known.waits]) best.set(source.peer, source);
  }
  const sources = [...best.values()];
  const causes: Why[] = [];
  const giving = sources.filter(({ waits }) => waits === 'gives');
  if (giving.length > 0) causes.push({ cause: 'sources', text: givingText(giving, sources.length, words) });
  for (const { peer, silentMs } of sources.filter(({ waits }) => waits === 'silent')) {
    causes.push({
      cause: 'silent',
      text: `${words.nameOf(peer)} gives nothing for ${Math.round(silentMs / 1000)} s`,
    });
  }
  const idle = sources.filter(({ waits }) => waits === 'idle');
  if (idle.length > 0) {
    const names = idle.slice(0, MOST_NAMES).map(({ peer }) => words.nameOf(peer));
    causes.push({
      cause: 'nothing-to-give',
      text: `${names.join(', ')} ${idle.length === 1 ? 'has' : 'have'} nothing now that is missing here`,
    });
  }
  return causes;
}

function givingText(giving: readonly Waiting[], count: number, words: WhyWords): string {
  const limited = 'limited by their uplink or the way here';
  if (giving.length === 1) return `${words.nameOf(giving[0]!.peer)} is limited by its uplink or the way here`;
  return giving.length === count
    ? `all ${count} sources are ${limited}`
    : `${giving.length} of ${count} sources are ${limited}`;
}

const RANK: Readonly<Record<SourceWaits, number>> = { gives: 0, writes: 1, silent: 2, idle: 3 };
const MOST_NAMES = 5;
