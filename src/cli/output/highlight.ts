import { foldName } from '../../core/index-path.ts';

/** Marks every place of `text` where one of the words stands, as a search sees it: case and accents folded away. */
export function highlight(text: string, words: readonly string[], mark: (match: string) => string): string {
  const chars = [...text];
  const folded = chars.map(foldName);
  const marked = new Set<number>();
  for (const word of words.map(foldName)) {
    for (let start = 0; word !== '' && start < chars.length; start += 1) {
      const length = matchLength(folded, start, word);
      for (let i = 0; i < length; i += 1) marked.add(start + i);
    }
  }
  let result = '';
  for (let i = 0; i < chars.length; ) {
    let end = i + 1;
    while (end < chars.length && marked.has(end) === marked.has(i)) end += 1;
    const run = chars.slice(i, end).join('');
    result += marked.has(i) ? mark(run) : run;
    i = end;
  }
  return result;
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
