import stringWidth from 'fast-string-width';

/** Columns that a terminal gives a string without control characters: 2 for wide East Asian and emoji, 0 for combining marks. */
export function textWidth(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text.replace(INVISIBLE, ''));
}

/** At most `width` columns; what does not fit is left out in the middle, so that a path keeps its start and its name. */
export function shorten(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  const parts = graphemes(text);
  const tail = fit(parts.toReversed(), tailRoom(text, width - 1))
    .toReversed()
    .join('');
  const head = fit(parts, width - 1 - textWidth(tail)).join('');
  return `${head}…${tail}`;
}

/** Lines of at most `width` columns, broken at spaces; a word that is longer is shortened. At least one line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = shorten(word, width);
  }
  return [...lines, line];
}

/** The name of a file is worth more than its folders, and is shown whole where a beginning of them still fits. */
function tailRoom(text: string, room: number): number {
  const name = textWidth(text.slice(text.lastIndexOf('/')));
  return Math.max(Math.ceil(room * 0.6), Math.min(name, room - LEAST_HEAD));
}

const LEAST_HEAD = 4;

function fit(parts: readonly string[], width: number): string[] {
  let used = 0;
  const end = parts.findIndex((part) => {
    used += textWidth(part);
    return used > width;
  });
  return parts.slice(0, end < 0 ? parts.length : end);
}

/** What stands in one place of a terminal: an emoji of several characters and a letter with its marks are not cut apart. */
function graphemes(text: string): string[] {
  if (ASCII.test(text)) return [...text];
  segmenter ??= new Intl.Segmenter();
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** Made when it is first wanted: that takes 10 ms. */
let segmenter: Intl.Segmenter | undefined;

const ASCII = /^[\x20-\x7e]*$/;
/** Joiners between letters take no room; the library knows those between emoji. */
const INVISIBLE = /\u200c|\u200d(?!\p{Emoji})/gu;
