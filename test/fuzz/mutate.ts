import fc from 'fast-check';

/** A change: what to do, where, with what. All are numbers, so that fast-check finds the smallest ones that fail. */
export type Change = readonly [what: number, at: number, by: number];

/** Changes for `changeBytes`, at most so many. */
export const changesOfBytes = (maxLength: number): fc.Arbitrary<Change[]> =>
  fc.array(fc.tuple(fc.nat(11), fc.nat(0xffff), fc.nat(0xffff)), { maxLength });

const changes = changesOfBytes(5);
/** Numbers that lie at the edges of what lengths and counters can be. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];
/** Nothing grows past this by being repeated. */
const MOST_BYTES = 100_000;

/** Valid bytes as they are, with up to five changes, and bytes that nobody made. */
export const mutatedBytes = (samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    { weight: 9, arbitrary: changed(samples, changeBytes) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }) },
  );

/** Valid texts in the same way. `words`: what is put in besides single characters. */
export const mutatedText = (
  samples: readonly string[],
  words: readonly string[] = [],
): fc.Arbitrary<string> => {
  const known = [...words, ...WORDS];
  return fc.oneof(
    { weight: 9, arbitrary: changed(samples, (text, how, other) => changeText(text, how, other, known)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 24 }) },
  );
};

function changed<T>(samples: readonly T[], change: (sample: T, how: Change, other: T) => T): fc.Arbitrary<T> {
  const place = fc.nat(samples.length - 1);
  return fc
    .tuple(place, place, changes)
    .map(([one, other, all]) =>
      all.reduce<T>((so, how) => change(so, how, samples[other] as T), samples[one] as T),
    );
}

/** One change, as the recipe says. */
export function changeBytes(bytes: Uint8Array, [what, at, by]: Change, other: Uint8Array): Uint8Array {
  const from = bytes.byteLength === 0 ? 0 : at % bytes.byteLength;
  const some = 1 + (by % 16);
  const copy = Buffer.from(bytes);
  const with_ = (put: Uint8Array, out = 0) =>
    Buffer.concat([copy.subarray(0, from), put, copy.subarray(Math.min(copy.byteLength, from + out))]);
  switch (what) {
    case 0:
      return with_(Buffer.of(by & 0xff), 1);
    case 1:
      return with_(Buffer.of((copy[from] ?? 0) ^ (1 << (by & 7))), 1);
    case 2:
      return copy.subarray(0, from);
    case 3:
      return with_(Buffer.alloc(0), some);
    case 4:
      return with_(Buffer.alloc(some, by >> 8));
    case 5:
      return with_(copy.subarray(from, from + some));
    case 6:
      return with_(edge(by), 4);
    case 7:
      return with_(edge(by).subarray(0, 1 + (by % 3)), 1 + (by % 3));
    case 8:
      return Buffer.concat([copy.subarray(0, from), other.subarray(by % (other.byteLength + 1))]);
    case 9:
      return Buffer.concat([copy, other]);
    case 10:
      return with_(Buffer.of(((copy[from] ?? 0) + (by % 2 === 0 ? 1 : -1)) & 0xff), 1);
    default:
      return repeated(copy, by);
  }
}

function edge(by: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(EDGES[by % EDGES.length]!);
  return bytes;
}

/** Rarely, because it is dear: the whole over and over. */
function repeated(bytes: Buffer, by: number): Buffer {
  const times = by % 64 === 0 ? 1 + (by >> 6) : 2;
  const most = Math.floor(MOST_BYTES / Math.max(1, bytes.byteLength));
  return Buffer.concat(Array.from({ length: Math.max(1, Math.min(times, most)) }, () => bytes));
}

function changeText(text: string, [what, at, by]: Change, other: string, words: readonly string[]): string {
  const from = text.length === 0 ? 0 : at % text.length;
  const some = 1 + (by % 16);
  const with_ = (put: string, out = 0) => text.slice(0, from) + put + text.slice(from + out);
  switch (what) {
    case 0:
      return with_(String.fromCharCode(by & 0x7f), 1);
    case 1:
      return with_(String.fromCharCode(by), 1);
    case 2:
      return text.slice(0, from);
    case 3:
      return with_('', some);
    case 4:
      return with_(words[by % words.length]!);
    case 5:
      return with_(text.slice(from, from + some));
    case 6:
      return with_(words[by % words.length]!, some);
    case 7:
      return with_(
        text[from] === text[from]?.toLowerCase()
          ? (text[from] ?? '').toUpperCase()
          : (text[from] ?? '').toLowerCase(),
        1,
      );
    case 8:
      return text.slice(0, from) + other.slice(by % (other.length + 1));
    case 9:
      return text + other;
    case 10:
      return words[by % words.length]! + text;
    default: {
      const times = by % 64 === 0 ? 1 + (by >> 6) : 2;
      return text.repeat(Math.max(1, Math.min(times, Math.floor(MOST_BYTES / Math.max(1, text.length)))));
    }
  }
}

/** What has broken other programs. */
const WORDS = [
  '\0',
  '..',
  '../',
  '/',
  '//',
  '\\',
  '%',
  '%00',
  '%2e%2e%2f',
  '\r\n',
  '\n',
  ' ',
  '\t',
  '\u001b[31m',
  '\ud800',
  '\udc00',
  '\u0301',
  '\u202e',
  '\u200b',
  '\ufeff',
  'é',
  '𝒜',
  'ﬁ',
  'İ',
  'K',
  '__proto__',
  'constructor',
  '0',
  '-1',
  '1e309',
  'NaN',
  '99999999999999999999',
  '[',
  ']',
  '{',
  '}',
  ':',
  ',',
  '.',
  '@',
  '?',
  '#',
  '=',
  '+',
  '*',
  '"',
  "'",
  'null',
];
