/** Rows that are chosen, by key, and the one from which a range begins. */
export interface Selection {
  readonly keys: ReadonlySet<string>;
  readonly anchor: string | undefined;
}

export const NOTHING_SELECTED: Selection = { keys: new Set(), anchor: undefined };

/** One more, or one less. With `isRange` all from the anchor to this one become what this one becomes. `order`: keys as they are shown. */
export function mark(
  { keys, anchor }: Selection,
  key: string,
  isRange: boolean,
  order: readonly string[],
): Selection {
  const after = new Set(keys);
  const isMarked = !keys.has(key);
  const from = isRange && anchor !== undefined ? order.indexOf(anchor) : -1;
  const to = order.indexOf(key);
  const some = from < 0 || to < 0 ? [key] : order.slice(Math.min(from, to), Math.max(from, to) + 1);
  for (const one of some) {
    if (isMarked || (isRange && from >= 0)) after.add(one);
    else after.delete(one);
  }
  return { keys: after, anchor: key };
}
