import fc from 'fast-check';

/** Values that look like others, are too much, or turn into something else on their way. */
const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1,
  0.5,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  9e15,
  -9e15,
  1e308,
  5e-324,
  '',
  'x',
  '0',
  '-1',
  'null',
  '..',
  '../../etc/passwd',
  '\0',
  '\ud800',
  'Zo\u0308e',
  'x'.repeat(300),
  'é'.repeat(3000),
  '0123456789abcdef',
  '0123456789abcdef'.repeat(2),
  '0123456789abcdef'.repeat(4),
  '0123456789ABCDEF'.repeat(2),
  [],
  [[]],
  [null],
  ['0123456789abcdef'.repeat(2)],
  {},
  { toString: 1 },
  { length: 3 },
  [[[[[[[[]]]]]]]],
  { __proto__x: 1 },
  'file',
  'folder',
  'publish',
  'admin',
  '2024-01-02T03:04:05.678Z',
  '+275760-09-13T00:00:00.001Z',
  '9223372036854775808',
];

type Change = readonly [what: number, at: number, by: number];

/** Valid values with some of what is in them replaced, left out, doubled or renamed. */
export function mutatedJson(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  const place = fc.nat(samples.length - 1);
  const changes = fc.array(fc.tuple(fc.nat(7), fc.nat(0xfff), fc.nat(0xfff)), { maxLength: 3 });
  return fc.oneof(
    {
      weight: 15,
      arbitrary: fc
        .tuple(place, changes)
        .map(([one, all]) => all.reduce((so, how) => change(so, how), structuredClone(samples[one]))),
    },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  );
}

function change(value: unknown, [what, at, by]: Change): unknown {
  const places = placesIn(value);
  const chosen = places[at % Math.max(1, places.length)];
  const odd = structuredClone(ODD[by % ODD.length]);
  if (!chosen) return odd;
  const { holder, key } = chosen;
  if (what <= 2) holder[key] = odd;
  else if (what === 3) remove(holder, key);
  else if (what === 4) holder[key] = nudged(holder[key], by);
  else if (what === 5)
    holder[Object.keys(holder)[by % Object.keys(holder).length]!] = structuredClone(holder[key]);
  else if (what === 6) holder[`${key}x`] = odd;
  else if (Array.isArray(holder)) holder.push(...structuredClone(holder));
  else holder[key] = [holder[key]];
  return value;
}

function remove(holder: Record<string, unknown>, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

/** Nearly what it was. */
function nudged(value: unknown, by: number): unknown {
  if (typeof value === 'number') return by % 2 === 0 ? value + 1 : -value;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return value;
  const at = by % (value.length + 1);
  return value.slice(0, at) + String.fromCharCode(by & 0xff) + value.slice(at + (by % 3));
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Every place in a JSON value where another could stand. */
function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}
