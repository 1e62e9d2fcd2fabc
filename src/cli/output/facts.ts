import { wrap } from './width.ts';

const LABEL = 10;
const INDENT = LABEL + 3;
/** On a terminal narrower than this nothing is made to fit any more. */
const NARROWEST = 20;

/** `label` in a column of its own. */
export const fact = (label: string, text: string): string => `  ${label.padEnd(LABEL)} ${text}`;

/** The same in lines of at most `width` columns, each below the text of the first. */
export function factLines(label: string, text: string, width: number | undefined): string[] {
  if (width === undefined) return [fact(label, text)];
  return wrap(text, factRoom(width)).map((line, i) => fact(i === 0 ? label : '', line));
}

/** Columns beside the labels. */
export const factRoom = (width: number): number => Math.max(NARROWEST, width - INDENT);
