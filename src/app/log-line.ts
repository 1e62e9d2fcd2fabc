/**
 * One line for people of a line of JSON: time, level, message, fields but for the event, which the message says. Fields and messages carry names that come from others, so what
 * could move the cursor, colour the screen or turn the writing direction is escaped.
 */
export function formatLogLine(json: string): string {
  const { time, level, msg, event: _, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${formatValue(value)}`);
  return `${escapeText(`${time} ${String(level).toUpperCase().padEnd(5)} ${msg}${rest.join('')}`)}\n`;
}

/** Control characters, line and paragraph separators, and what changes the direction of writing, as \u{…}. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

const UNSAFE = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu;

function formatValue(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? String(value);
}
