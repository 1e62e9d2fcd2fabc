/**
 * Makes a string that came from elsewhere harmless on a terminal: control characters (so every escape sequence), what turns
 * the direction of text or breaks lines, and what is invisible become visible `\u{…}`. One line stays one line.
 */
export function escapeText(text: string): string {
  return PLAIN.test(text)
    ? text
    : text.replace(UNSAFE, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

/** One JSON document in one line. What escapeText makes visible is written as `\uXXXX`, which reads back as the same string. */
export function toJsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (char) =>
    [...Array(char.length).keys()]
      .map((unit) => `\\u${char.charCodeAt(unit).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** Printable ASCII needs no second look. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Controls, surrogates without a partner, line and paragraph separators, tags, and format characters but the joiners that
 * Indic and Arabic scripts and emoji are written with (U+200C, U+200D).
 */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;
