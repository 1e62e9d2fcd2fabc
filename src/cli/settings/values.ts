import path from 'node:path';
import { type Address, parseAddress } from '../../core/address.ts';
import { PeerdexError } from '../../core/errors.ts';
import { nameProblem } from '../../core/index-path.ts';
import { parseSeconds } from '../units.ts';

/** What the text of a setting means. All throw `usage`. */

/** Absolute; a relative path starts from `folder`. */
export function folderPath(text: string, folder: string): string {
  if (text === '') throw new PeerdexError('usage', 'an empty path');
  return path.resolve(folder, text);
}

/** A name or an IP literal, with its zone. */
const HOST = /^[\p{L}\p{N}_:][\p{L}\p{N}\p{M}_.:%-]*$/u;

export function readAdvertised(text: string): Address {
  const address = parseAddress(text, 0);
  if (address.host === '') throw new PeerdexError('usage', 'an address that others are told needs a host');
  if (!HOST.test(address.host)) {
    throw new PeerdexError('usage', `not a host that others can reach: ${JSON.stringify(address.host)}`, {
      hint: 'a name or an address, as in files.example.org or [2001:db8::1]:23475',
    });
  }
  return address;
}

export function readName(text: string): string {
  const problem = text.includes(':') ? 'a colon in it' : nameProblem(text);
  if (problem || text.length > 64) {
    throw new PeerdexError('usage', `not a name for a peer: ${problem ?? 'more than 64 characters'}`, {
      hint: 'other people type it in front of a path, as in NAME:photos/cat.jpg',
    });
  }
  return text;
}

export function readStore(text: string): 'sqlite' {
  if (text === 'sqlite') return text;
  throw new PeerdexError(
    'usage',
    `not a store that this peerdex knows: ${JSON.stringify(text.slice(0, 80))}`,
    {
      hint: 'the only one is sqlite, a file in the data folder',
    },
  );
}

export function readBoolean(text: string): boolean {
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  if (/^(false|0|no|off)$/i.test(text)) return false;
  throw new PeerdexError('usage', `neither true nor false: ${JSON.stringify(text.slice(0, 80))}`);
}

export function oneOf<T extends string>(text: string, values: readonly T[]): T {
  const value = values.find((each) => each === text);
  if (value !== undefined) return value;
  throw new PeerdexError('usage', `${JSON.stringify(text.slice(0, 80))} is none of ${values.join(', ')}`);
}

export function whole(text: string, least: number, most: number, what: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return between(value, least, most, what);
}

export const secondsBetween = (text: string, least: number, most: number, what: string): number =>
  between(parseSeconds(text), least, most, what, ' seconds');

export function between(value: number, least: number, most: number, what: string, unit = ''): number {
  if (value >= least && value <= most) return value;
  throw new PeerdexError('usage', `${what} lies between ${least} and ${most}${unit}`);
}
