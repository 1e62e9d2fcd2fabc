import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { JobItem } from '../../core/job.ts';
import type { KeptEntry, Mirrored, MirrorWanted } from '../../core/mirror.ts';
import type { Standing } from '../../core/ports/destination-files.ts';
import type { WantedItem } from '../../core/wanted.ts';
import { JobRun } from '../job-run.ts';
import type { JobRunOptions } from '../job-work.ts';
import { withoutCollisions } from '../name-collisions.ts';
import { asComing, settleComing } from './coming.ts';
import { followCase } from './follow-case.ts';
import { keepWritten } from './keep-written.ts';
import type { MirrorParts } from './mirror-parts.ts';
import { outcomeOf, type RoundOutcome } from './outcome.ts';
import { asFound, FOREIGN, planMirror, toLookAt } from './plan.ts';
import { removeAll } from './remove-all.ts';
import type { Aside, MirrorPlan } from './state.ts';
import type { Unfinished } from './unfinished.ts';

const PAGE = 2000;
/** Places that are looked at at a time. */
const LOOKS = 32;

export interface RoundOptions extends JobRunOptions {
  readonly mirror: MirrorParts;
  readonly unfinished: Unfinished;
  /** Rejects where the folder is not there any more, or is another one. */
  readonly checkRoot: () => Promise<void>;
  /** Looks at everything, not only at what changed. */
  readonly full: boolean;
  /** What was on its way to these places when the daemon ended, as long as it is not known what became of it. */
  readonly begun: Map<string, JobItem>;
  /** So many files may be removed, however large a part of all they are. */
  readonly mayRemove: number;
  /** The download that runs now. */
  readonly onRun: (run: JobRun | undefined) => void;
  readonly tellKept: (aside: Aside) => void;
}

/** Makes the folder equal to what is mirrored, once, as far as that can be. Rejects with the signal's reason, or where a store fails. */
export async function mirrorRound(options: RoundOptions, signal: AbortSignal): Promise<RoundOutcome> {
  const { job, parts, tellKept } = options;
  const { source, checkPlaces, store } = options.mirror;
  const { root } = job;
  const began = parts.clock.monotonic();
  const found = await source.read(job.what);
  const aside: Aside[] = (found?.clashes ?? []).map(asAside);
  const placed = await placeable(found?.wanted ?? [], options, aside);
  const wanted = new Map(placed.map((one) => [one.relative, one]));
  checkPlaces(root, wanted.keys());
  const kept = await keptBy(options);
  await settleComing(kept, options.begun, wanted, options, signal);
  await followCase(kept, wanted, options);
  const paths = options.full ? new Set([...wanted.keys(), ...kept.keys()]) : toLookAt(wanted, kept);
  const standing = await lookAt(root, paths, parts, signal);
  // Of a drive that was unplugged meanwhile nothing would stand there.
  await options.checkRoot();
  const { removes } = job.mirror!;
  const { mayRemove } = options;
  const plan = planMirror({
    wanted,
    kept,
    standing,
    fateOf: (one) => source.fateOf(one),
    removes,
    mayRemove,
  });
  store.keep(job.id, plan.remember);
  store.forget(job.id, [...plan.forget, ...plan.released]);
  aside.push(...plan.aside, ...(await compareAll(plan.compare, options, signal)));
  for (const relative of plan.released)
    tellKept({ relative, reason: 'its holder deleted it, and it was changed here since it was brought' });
  const failures: PeerdexError[] = [];
  const lookMs = parts.clock.monotonic() - began;
  // Of a source that is away everything may be wanted again.
  if (awayOf(found, options) === undefined) await options.unfinished.drop(wanted);
  await fetchAll(plan, wanted, options, failures, signal);
  await touchAll(plan, options);
  // What only moves goes from its old place when it is at the new one.
  const contents = new Set(failures.length > 0 ? [...wanted.values()].map(({ content }) => content) : []);
  const remove = plan.remove.filter(({ content }) => content === undefined || !contents.has(content));
  const removed = await removeAll(remove, options, failures, signal);
  for (const one of aside) tellKept(one);
  const done = removed + plan.fetch.length + plan.replace.length - failures.length;
  return outcomeOf({ root, plan, aside, failures, done, away: awayOf(found, options), lookMs });
}

function awayOf(found: Mirrored | undefined, { mirror: { source }, job }: RoundOptions): string | undefined {
  const away = source.whoIsAway(job.what);
  if (away !== undefined) return away;
  if (!found) return `nobody who is active has ${job.what}`;
  return source.isUnderWay(found.wanted) ? 'the index of a holder is being read' : undefined;
}

/** What a disk would take for one name is left out. */
async function placeable(
  found: readonly MirrorWanted[],
  { parts, job }: RoundOptions,
  aside: Aside[],
): Promise<readonly MirrorWanted[]> {
  if (found.length < 2 || !(await parts.destinations.foldsCase(job.root))) return found;
  const { items, clashes } = withoutCollisions(found);
  aside.push(...clashes.map(({ name, error }) => asAside({ relative: name, error })));
  return items as readonly MirrorWanted[];
}

const asAside = ({ relative, error }: Mirrored['clashes'][number]): Aside => ({
  relative,
  reason: error.message,
  hint: 'none of them comes: rename one where it lies, or mirror what one peer has, as PEER:PATH',
});

/** In steps, between which others have the thread. */
async function keptBy({ job, mirror: { store } }: RoundOptions): Promise<Map<string, KeptEntry>> {
  const kept = new Map<string, KeptEntry>();
  for (let after = ''; ; ) {
    const page = store.kept(job.id, after, PAGE);
    for (const entry of page) kept.set(entry.relative, entry);
    if (page.length < PAGE) return kept;
    after = page.at(-1)!.relative;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What cannot be looked at, and what lies behind a link, is something that nothing is known of. */
async function lookAt(
  root: string,
  paths: Iterable<string>,
  { destinations }: RoundOptions['parts'],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Standing>> {
  const standing = new Map<string, Standing>();
  const left = [...paths];
  while (left.length > 0) {
    signal.throwIfAborted();
    const looks = left.splice(-LOOKS).map(async (relative) => {
      const look = await destinations.look({ root, relative }).catch(() => UNKNOWN);
      standing.set(relative, look);
    });
    await Promise.all(looks);
  }
  return standing;
}

/** Files that the mirror does not know: what is right is taken for granted, the others are left alone. */
async function compareAll(
  compare: MirrorPlan['compare'],
  { job, parts, mirror: { store } }: RoundOptions,
  signal: AbortSignal,
): Promise<readonly Aside[]> {
  const aside: Aside[] = [];
  for (const want of compare) {
    signal.throwIfAborted();
    const { relative, size, content } = want;
    const file = await parts.destinations.fileOf({ root: job.root, relative }, size);
    if (file?.content !== content) aside.push({ relative, reason: FOREIGN });
    else store.keep(job.id, [asFound(want, false, file?.mtime)]);
  }
  return aside;
}

/** New things first, then new versions of what is there: each of those only over the file that the mirror knows. */
async function fetchAll(
  { fetch, replace }: MirrorPlan,
  wanted: ReadonlyMap<string, MirrorWanted>,
  options: RoundOptions,
  failures: PeerdexError[],
  signal: AbortSignal,
): Promise<void> {
  const { job, parts } = options;
  const { store } = options.mirror;
  for (const want of fetch.filter(({ kind }) => kind === 'folder')) {
    store.keep(job.id, [asFound(want, true)]);
    await parts.destinations
      .makeFolder({ root: job.root, relative: want.relative })
      .catch((error: unknown) => failures.push(asPeerdexError(error)));
  }
  const files = fetch.filter(({ kind }) => kind === 'file');
  const coming = new Set(files.map(({ relative }) => relative));
  const stood = new Set(replace.flatMap(({ kept: { brought, relative } }) => (brought ? [] : [relative])));
  const kept = keepWritten(parts, job.root, wanted, stood, (entries) => {
    for (const { relative } of entries) coming.delete(relative);
    store.keep(job.id, entries);
  });
  const looks = new Map(replace.map(({ kept: known }) => [known.relative, known.here]));
  const replaces = (relative: string) => looks.get(relative);
  try {
    for (let at = 0; at < files.length; at += PAGE) {
      store.keep(job.id, files.slice(at, at + PAGE).map(asComing));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await fetchSome(files, kept, options, failures, signal);
  } finally {
    store.forget(job.id, [...coming]);
  }
  const newer = replace.map((one) => one.wanted);
  await fetchSome(newer, { ...kept, small: undefined, replaces }, options, failures, signal);
}

async function fetchSome(
  some: readonly MirrorWanted[],
  parts: RoundOptions['parts'],
  options: RoundOptions,
  failures: PeerdexError[],
  signal: AbortSignal,
): Promise<void> {
  const { job, store, emit, onRun } = options;
  if (some.length === 0) return;
  store.setItems(job.id, some.map(itemOf));
  const run = new JobRun({
    ...{ job, parts, store, lanes: options.lanes, pathOf: options.pathOf, checkRoot: options.checkRoot },
    emit: (event) => {
      if (event.event === 'failed')
        failures.push(new PeerdexError(event.code, event.reason, { hint: event.hint, retry: true }));
      emit(event);
    },
  });
  onRun(run);
  try {
    await run.run(signal);
  } finally {
    onRun(undefined);
    options.unfinished.note();
  }
}

async function touchAll(
  { touch }: MirrorPlan,
  { job, mirror: { files, store } }: RoundOptions,
): Promise<void> {
  for (const { wanted, kept } of touch) {
    const { relative, mtime, executable } = wanted;
    const at = { root: job.root, relative };
    const now = await files.giveLook(at, kept.here, { mtime, executable }).catch(() => kept.here.mtime);
    if (now !== undefined)
      store.keep(job.id, [{ ...wanted, here: { size: kept.here.size, mtime: now }, brought: true }]);
  }
}

const itemOf = ({ relative, kind, size, content, mtime, executable }: MirrorWanted): WantedItem => ({
  ...{ relative, kind, size, content, mtime, executable },
});

const UNKNOWN: Standing = { kind: 'other', size: 0, mtime: 0n };
