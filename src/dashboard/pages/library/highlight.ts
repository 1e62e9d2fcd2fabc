import { foldName } from '../../../protocol/http/folded-names.ts';

/** A stretch of a name, and whether a word of the search matched it. */
export interface Stretch {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Where the words stand in a name, case and accents aside, as the search compares; names that they do not stand in stay whole. */
export function highlight(name: string, words: string): Stretch[] {
  const wanted = [...new Set(foldName(words).split(/\s+/).filter(Boolean))];
  if (wanted.length === 0) return [{ text: name, isMatch: false }];
  // A letter may fold into several or none: each folded one knows where it comes from.
  const letters = [...name];
  const folded = letters.map(foldName);
  const from = folded.flatMap((text, i) => Array.from({ length: text.length }, () => i));
  const all = folded.join('');
  const isMatch = new Array<boolean>(letters.length).fill(false);
  for (const word of wanted) {
    for (let at = all.indexOf(word); at >= 0; at = all.indexOf(word, at + word.length))
      for (let i = at; i < at + word.length; i += 1) isMatch[from[i]!] = true;
  }
  const stretches: { text: string; isMatch: boolean }[] = [];
  letters.forEach((letter, i) => {
    // What folds into nothing, such as an accent of its own, belongs to the letter before.
    const now = folded[i] === '' ? (stretches.at(-1)?.isMatch ?? false) : isMatch[i]!;
    const last = stretches.at(-1);
    if (last?.isMatch === now) last.text += letter;
    else stretches.push({ text: letter, isMatch: now });
  });
  return stretches;
}
