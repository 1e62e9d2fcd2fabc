/**
 * What the search index keeps of a name: each character, each two and each three that follow one another, with a mark before the
 * first and after the last; the same mark after the last ones before the extension; and the beginnings of words. A gram is a text of
 * one to three characters; a mark is a control character, which no name has.
 */
export const NAME_START = 1;
export const WORD_START = 2;
export const NAME_END = 3;

/** Calls `take` with one to three code points for each gram of a folded name; 0 where there are fewer. The same gram may come again. */
export function gramsOf(folded: string, take: (a: number, b: number, c: number) => void): void {
  let before = 0;
  let last: number = NAME_START;
  let wordStart = 0;
  let stem = 0;
  let stemBefore = 0;
  for (let at = 0; at < folded.length; ) {
    const code = folded.codePointAt(at)!;
    at += code > 0xffff ? 2 : 1;
    if (code === DOT) {
      stem = last;
      stemBefore = before;
    }
    take(code, 0, 0);
    take(last, code, 0);
    if (before !== 0) take(before, last, code);
    if (wordStart !== 0) take(WORD_START, wordStart, code);
    const begins = last === NAME_START || !isWordCharacter(last);
    wordStart = begins ? code : 0;
    if (begins) take(WORD_START, code, 0);
    before = last;
    last = code;
  }
  take(last, NAME_END, 0);
  if (before !== 0) take(before, last, NAME_END);
  if (stem > NAME_END) {
    take(stem, NAME_END, 0);
    take(stemBefore, stem, NAME_END);
  }
}

/** Grams that every name with this text in it has: of a longer one every other three characters, which is as good as all. */
export function gramsIn(text: string): string[] {
  const characters = [...text];
  const last = characters.length - 3;
  if (last <= 0) return [text];
  const grams = new Set<string>();
  for (let at = 0; at < last; at += 2) grams.add(characters.slice(at, at + 3).join(''));
  return [...grams.add(characters.slice(last).join(''))];
}

/** The gram of names in which a word begins with this text. */
export const wordStartGram = (text: string): string => mark(WORD_START) + [...text].slice(0, 2).join('');

/** Grams of the names that begin and end as this text does, with any extension or none. */
export function nameEndGrams(text: string): [start: string, end: string] {
  const characters = [...text];
  return [mark(NAME_START) + characters.slice(0, 2).join(''), characters.slice(-2).join('') + mark(NAME_END)];
}

/** Grams of the names that end so. */
export const endGrams = (text: string): string[] => gramsIn(text + mark(NAME_END));

const DOT = 46;
const mark = (code: number): string => String.fromCharCode(code);

const known = new Map<number, boolean>();

function isWordCharacter(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
  let word = known.get(code);
  if (word === undefined) {
    if (known.size > 20_000) known.clear();
    word = /[\p{L}\p{N}]/u.test(String.fromCodePoint(code));
    known.set(code, word);
  }
  return word;
}
