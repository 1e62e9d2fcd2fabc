/** Has every one of them asked for once, and gives the answers in the order of all: those that are equal share one. */
export function askOnce<Question, Answer>(
  all: readonly Question[],
  ask: (distinct: readonly Question[]) => readonly Answer[],
): readonly Answer[] {
  const places = new Map<Question, number>();
  for (const one of all) if (!places.has(one)) places.set(one, places.size);
  const answers = ask([...places.keys()]);
  return places.size === all.length ? answers : all.map((one) => answers[places.get(one)!]!);
}

/** As `map`, where most of them are one and the same object: that is mapped once. */
export function mapShared<From extends object, To>(
  all: readonly From[],
  map: (one: From) => To,
): readonly To[] {
  const known = new Map<From, To>();
  return all.map((one) => {
    const before = known.get(one);
    if (before !== undefined) return before;
    const made = map(one);
    known.set(one, made);
    return made;
  });
}
