import { basename, sep } from 'node:path';
import { PeerdexError } from '../core/errors.ts';
import { nameProblem, PRIVATE_PREFIX } from '../core/index-path.ts';
import type { ShareRecord } from '../core/ports/local-file-store.ts';

/** The name of a new share: the folder's own, made legal, made unique among `taken` by a number. */
export function shareNameFor(path: string, taken: ReadonlySet<string>): string {
  const own = legalName(basename(path));
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const name = cut(own, MAX_NAME - suffix.length) + suffix;
    if (!taken.has(name)) return name;
  }
}

/** Throws `conflict` when a folder lies inside or around a share. What `exclude` covers belongs to no share around it. */
export function refuseNested(path: string, shares: readonly ShareRecord[], exclude: readonly string[]): void {
  for (const share of shares) {
    if (hides(share.path, path, exclude)) {
      throw nested(`${path} lies inside ${share.path}, which is shared already as ${share.name}`);
    }
    if (hides(path, share.path, exclude)) {
      throw nested(`${path} holds ${share.path}, which is shared already as ${share.name}`);
    }
  }
}

/** True when `inner` is `outer` or lies below it. */
export const isWithin = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);

const nested = (message: string): PeerdexError =>
  new PeerdexError('conflict', message, { hint: 'unshare one of the two, or share a folder beside it' });

const hides = (outer: string, inner: string, exclude: readonly string[]): boolean =>
  isWithin(inner, outer) && !exclude.some((hole) => isWithin(hole, outer) && isWithin(inner, hole));

function legalName(name: string): string {
  let legal = cut(
    name
      .normalize('NFC')
      .replace(/[\p{Cc}\p{Surrogate}/]/gu, '')
      .trim(),
    MAX_NAME,
  );
  while (legal.startsWith(PRIVATE_PREFIX)) legal = legal.slice(1);
  return nameProblem(legal) ? 'share' : legal;
}

/** Cut between code points, so that no half of one remains. */
function cut(name: string, length: number): string {
  let kept = '';
  for (const point of name) {
    if (kept.length + point.length > length) break;
    kept += point;
  }
  return kept;
}

/** As much as the interfaces let a name be, in UTF-16 units. */
const MAX_NAME = 60;
