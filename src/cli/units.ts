import { PeerdexError } from '../core/errors.ts';
import { LEAST_RATE } from '../core/rate-limiter.ts';

/** Bytes a second, at least 1,000, or null for no limit. Reads `20MB/s`, `1.5MiB/s`, `100Mbit/s`, `500000` and `unlimited`. Throws `usage`. */
export function parseRate(text: string): number | null {
  const trimmed = text.trim();
  if (/^(unlimited|none)$/i.test(trimmed)) return null;
  const hint = 'write 20MB/s for bytes, 100Mbit/s for bits, or unlimited';
  const { number, unit } = split(trimmed, 'rate', hint);
  const perSecond = unit.replace(/\/s$/i, '');
  const bits = /^([kmgt]?i?)(bit|bps)$/i.exec(perSecond);
  const scale = bits ? prefix(bits[1]!) : byteScale(perSecond);
  if (scale === undefined) throw notA('rate', text, hint);
  const rate = (number * scale) / (bits ? 8 : 1);
  if (rate < LEAST_RATE || rate > Number.MAX_SAFE_INTEGER)
    throw notA('rate', text, `${hint}; at least 1KB/s`);
  return rate;
}

/** Whole bytes. Reads `1.5GiB`, `500MB`, `20k` and plain bytes. Throws `usage`. */
export function parseSize(text: string): number {
  const hint = 'write for example 500MB (500,000,000 bytes) or 1.5GiB (1,610,612,736 bytes)';
  const { number, unit } = split(text.trim(), 'size', hint);
  const scale = byteScale(unit);
  if (scale === undefined || number * scale > Number.MAX_SAFE_INTEGER) throw notA('size', text, hint);
  return Math.round(number * scale);
}

/** Seconds. Reads `7d`, `12h`, `5m`, `90s`, `250ms`, `2w` and plain seconds. Throws `usage` with `hint`. */
export function parseSeconds(
  text: string,
  hint = 'write for example 90s, 5m, 12h or 7d; a plain number is seconds',
): number {
  const { number, unit } = split(text.trim(), 'time', hint);
  const scale = SECONDS[unit];
  if (scale === undefined || number * scale > Number.MAX_SAFE_INTEGER) throw notA('time', text, hint);
  return number * scale;
}

/** Ten years; what is meant for ever is better looked at again before. */
const LONGEST_LIFE = 10 * 365 * 86_400;

/**
 * Seconds from `now` (milliseconds since 1970) until something ends. Reads times as parseSeconds does, and a day (`2030-01-31`, from
 * its first moment in UTC) or moment (`2030-01-31T12:00Z`). Throws `usage` for what is past, now, or more than ten years away.
 */
export function parseLifetime(text: string, now: number): number {
  const hint = 'write for example 12h, 30d, 2030-01-31 or 2030-01-31T12:00Z; at most 10 years';
  const trimmed = text.trim();
  let seconds: number;
  if (MOMENT.test(trimmed)) seconds = (Date.parse(trimmed) - now) / 1000;
  else if (/^(never|unlimited|none)$/i.test(trimmed)) seconds = Number.POSITIVE_INFINITY;
  else seconds = parseSeconds(trimmed, hint);
  if (Number.isNaN(seconds)) throw notA('time', text, hint);
  if (seconds <= 0) throw new PeerdexError('usage', 'this end is not in the future', { hint });
  if (seconds > LONGEST_LIFE)
    throw new PeerdexError('usage', 'this end is more than 10 years away', { hint });
  return seconds;
}

/**
 * Milliseconds since 1970 of what lies so long before `now` (`7d`, see parseSeconds), of a day (`2024-01-31`, its first moment in UTC) or
 * of a moment (`2024-01-31T12:00Z`). Throws `usage`.
 */
export function parseMoment(text: string, now: number): number {
  const hint = 'write for example 12h, 7d, 2024-01-31 or 2024-01-31T12:00Z';
  const trimmed = text.trim();
  const moment = MOMENT.test(trimmed) ? Date.parse(trimmed) : now - 1000 * parseSeconds(trimmed, hint);
  if (Number.isNaN(moment) || moment < Date.parse('0000-01-01')) throw notA('time', text, hint);
  return moment;
}

/** A day or a minute or a second, in UTC. */
const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/;

const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  '': 1,
  s: 1,
  m: 60,
  h: 3600,
  d: 86400,
  w: 604800,
};
const POWERS = ['', 'k', 'm', 'g', 't'];

/** `Mb` reads as megabit to some and as megabyte to others, so a small b is refused. */
function byteScale(unit: string): number | undefined {
  const match = /^([kmgt]?i?)(?:B|$)$/i.exec(unit);
  if (!match || unit.endsWith('b') || /^i/i.test(unit)) return undefined;
  return prefix(match[1]!);
}

function prefix(text: string): number | undefined {
  const power = POWERS.indexOf(text.toLowerCase().replace(/i$/, ''));
  if (power < 0 || (power === 0 && text !== '')) return undefined;
  return (/i$/i.test(text) ? 1024 : 1000) ** power;
}

function split(text: string, what: string, hint: string): { number: number; unit: string } {
  const match = /^(\d{1,16}(?:\.\d{1,9})?)\s*([a-zA-Z/]{0,8})$/.exec(text);
  if (!match) throw notA(what, text, hint);
  return { number: Number(match[1]), unit: match[2]! };
}

const notA = (what: string, text: string, hint: string): PeerdexError =>
  new PeerdexError('usage', `not a ${what}: ${JSON.stringify(text.slice(0, 80))}`, { hint });
