/** Columns that a terminal gives a string without control characters: 2 for wide East Asian and emoji, 0 for combining marks. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += ZERO.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

/** At most `width` columns; what does not fit is left out in the middle, so that a path keeps its start and its name. */
export function shorten(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  const chars = [...text];
  const tail = fit(chars.toReversed(), Math.ceil((width - 1) * 0.6)).toReversed();
  const head = fit(chars, width - 1 - textWidth(tail.join('')));
  return `${head.join('')}…${tail.join('')}`;
}

function fit(chars: readonly string[], width: number): string[] {
  let used = 0;
  const end = chars.findIndex((char) => {
    used += textWidth(char);
    return used > width;
  });
  return chars.slice(0, end < 0 ? chars.length : end);
}

const ASCII = /^[\x20-\x7e]*$/;
const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u;
/** Ranges of East Asian Width W and F (Unicode Standard Annex 11) that names are made of. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{17000}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{1fa70}-\u{1faff}\u{20000}-\u{3fffd}]/u;
