import { baseName, foldName } from '../../core/index-path.ts';

/**
 * Marks in a path what a search found: every place of the file's own name where one of the words stands, case and accents folded
 * away. `shown` is the path as it is shown, perhaps shortened to `start…end` and padded; where the … hides a match, it is marked.
 */
export function highlight(
  path: string,
  words: readonly string[],
  mark: (match: string) => string,
  shown = path,
): string {
  const chars = [...path];
  const marked = matches(chars, [...baseName(path)].length, words);
  const text = shown.trimEnd();
  const hidden = text === path ? undefined : hiddenPart(chars, [...text]);
  const cells: Cell[] = hidden
    ? [
        ...chars.slice(0, hidden.start).map((char, i) => ({ char, is: marked.has(i) })),
        { char: '…', is: range(hidden.start, hidden.end).some((i) => marked.has(i)) },
        ...chars.slice(hidden.end).map((char, i) => ({ char, is: marked.has(hidden.end + i) })),
      ]
    : [...text].map((char, i) => ({ char, is: text === path && marked.has(i) }));
  return runs(cells, mark) + shown.slice(text.length);
}

interface Cell {
  readonly char: string;
  readonly is: boolean;
}

function matches(chars: readonly string[], inName: number, words: readonly string[]): Set<number> {
  const folded = chars.map(foldName);
  const marked = new Set<number>();
  for (const word of words.map(foldName)) {
    for (let start = chars.length - inName; word !== '' && start < chars.length; start += 1) {
      const length = matchLength(folded, start, word);
      for (let i = 0; i < length; i += 1) marked.add(start + i);
    }
  }
  return marked;
}

/** How many characters from `start` on fold to `word`; 0 when they do not. */
function matchLength(folded: readonly string[], start: number, word: string): number {
  let rest = word;
  for (let i = start; i < folded.length; i += 1) {
    const char = folded[i]!;
    if (!rest.startsWith(char)) return 0;
    rest = rest.slice(char.length);
    if (rest === '') return i - start + 1;
  }
  return 0;
}

/** Which characters of `whole` the … of `shown` stands for; undefined where `shown` is no shortened form of it. */
function hiddenPart(whole: readonly string[], shown: readonly string[]) {
  for (let start = shown.indexOf('…'); start >= 0; start = shown.indexOf('…', start + 1)) {
    const end = whole.length - (shown.length - start - 1);
    const fits =
      end >= start &&
      shown.slice(0, start).every((char, i) => char === whole[i]) &&
      shown.slice(start + 1).every((char, i) => char === whole[end + i]);
    if (fits) return { start, end };
  }
  return undefined;
}

function runs(cells: readonly Cell[], mark: (match: string) => string): string {
  let result = '';
  for (let i = 0; i < cells.length; ) {
    let end = i + 1;
    while (end < cells.length && cells[end]!.is === cells[i]!.is) end += 1;
    const run = cells
      .slice(i, end)
      .map(({ char }) => char)
      .join('');
    result += cells[i]!.is ? mark(run) : run;
    i = end;
  }
  return result;
}

const range = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, i) => start + i);
