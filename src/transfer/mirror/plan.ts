import { parentPath } from '../../core/index-path.ts';
import type { KeptEntry, MirrorWanted } from '../../core/mirror.ts';
import type { Standing } from '../../core/ports/destination-files.ts';
import { removals } from './removals.ts';
import { asKept, isUnaltered, type MirrorPlan, type MirrorState } from './state.ts';

/** What has to be looked at on disk before a plan can be made: all that is not known to be equal. */
export function toLookAt(
  wanted: ReadonlyMap<string, MirrorWanted>,
  kept: ReadonlyMap<string, KeptEntry>,
): readonly string[] {
  const changed = [...wanted.values()].filter((want) => !isSame(want, kept.get(want.relative)));
  const left = [...kept.keys()].filter((relative) => !wanted.has(relative));
  return [...changed.map(({ relative }) => relative), ...left];
}

/** What a mirror is to do: never over or away with anything that is not as the mirror itself left it. */
export function planMirror(state: MirrorState): MirrorPlan {
  const plan: Places = {
    ...{ fetch: [], replace: [], touch: [], compare: [], remember: [], aside: [], blocked: [] },
  };
  const turned: string[] = [];
  /** Paths below which nothing can be put now, and whether that may change by itself. */
  const closed = new Map<string, 'blocked' | 'aside'>();
  for (const want of inPathOrder(state.wanted.values())) {
    const above = closed.get(parentPath(want.relative));
    if (above) {
      closed.set(want.relative, above);
      if (above === 'blocked') plan.blocked.push(want.relative);
      continue;
    }
    const [blocked, aside] = [plan.blocked.length, plan.aside.length];
    place(want, state, plan, turned);
    if (plan.blocked.length > blocked) closed.set(want.relative, 'blocked');
    else if (plan.aside.length > aside) closed.set(want.relative, 'aside');
  }
  return { ...plan, ...removals(state, turned) };
}

/** Parents before what lies in them. */
const inPathOrder = (wanted: Iterable<MirrorWanted>): readonly MirrorWanted[] =>
  [...wanted].sort((a, b) => (a.relative < b.relative ? -1 : a.relative > b.relative ? 1 : 0));

type Places = Mutable<Omit<MirrorPlan, 'remove' | 'forget' | 'released' | 'asks'>>;
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer One)[] ? One[] : T[Key] };

function place(
  want: MirrorWanted,
  { kept, standing, removes }: MirrorState,
  plan: Places,
  turned: string[],
): void {
  const { relative } = want;
  const known = kept.get(relative);
  const stands = standing.get(relative) ?? (known && asKept(known)) ?? NOTHING;
  const aside = (reason: string) => void plan.aside.push({ relative, reason });
  if (known && known.kind !== want.kind && stands.kind === known.kind && removes && known.brought) {
    turned.push(relative);
    plan.blocked.push(relative);
    return;
  }
  if (stands.kind === 'nothing') return void plan.fetch.push(want);
  if (stands.kind !== want.kind) return aside(`${WHAT[stands.kind]} stands there`);
  if (want.kind === 'folder') {
    if (!isSame(want, known)) plan.remember.push(asFound(want, known?.kind === 'folder' && known.brought));
    return;
  }
  if (known?.kind !== 'file' || !isUnaltered(known, stands)) {
    if (stands.size === want.size) plan.compare.push(want);
    else aside(known ? ALTERED : FOREIGN);
    return;
  }
  if (known.content !== want.content) plan.replace.push({ wanted: want, kept: known });
  else if (known.brought && (known.mtime !== want.mtime || known.executable !== want.executable))
    plan.touch.push({ wanted: want, kept: known });
  else if (!isSame(want, known)) plan.remember.push({ ...want, here: known.here, brought: known.brought });
}

/** Of a folder, or of a file that was compared. */
export const asFound = (want: MirrorWanted, brought: boolean, mtime = 0n): KeptEntry => ({
  ...want,
  here: { size: want.size, mtime },
  brought,
});

const isSame = (want: MirrorWanted, known: KeptEntry | undefined): boolean =>
  known !== undefined &&
  known.kind === want.kind &&
  known.content === want.content &&
  known.mtime === want.mtime &&
  known.executable === want.executable &&
  known.origin.owner === want.origin.owner &&
  known.origin.path === want.origin.path &&
  known.origin.index === want.origin.index;

export const ALTERED = 'it was changed here since it was brought';
export const FOREIGN = 'a different file stands there that was not brought by this mirror';
const NOTHING: Standing = { kind: 'nothing', size: 0, mtime: 0n };
const WHAT = { file: 'a file', folder: 'a folder', other: 'something that is no file' } as const;
