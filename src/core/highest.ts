/** So many of these, the one of highest rank first, of equal ranks the earlier one. One pass, for few of many. */
export function highest<T, Rank extends number | string>(
  from: readonly T[],
  most: number,
  rankOf: (one: T, n: number) => Rank,
): readonly T[] {
  const best: { readonly one: T; readonly rank: Rank }[] = [];
  for (const [n, one] of from.entries()) {
    const rank = rankOf(one, n);
    if (best.length === most && !(rank > (best[most - 1]?.rank ?? rank))) continue;
    const at = best.findIndex((other) => other.rank < rank);
    best.splice(at < 0 ? best.length : at, 0, { one, rank });
    if (best.length > most) best.pop();
  }
  return best.map(({ one }) => one);
}
