import { isPeerId, type PeerId } from '../core/ids.ts';

export const MAX_NAME_LENGTH = 64;

/**
 * A name as it may be handed out: Unicode form C, at most 64 UTF-16 units, no control characters, none of the signs that separate
 * or match in what people type (`PEER:PATH`, lists, patterns), and never shaped like a peer's id.
 */
export function cleanName(text: string): string {
  const plain = text
    .slice(0, 1024)
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Surrogate}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[:/\\,*]/g, '-')
    .replace(/\s+/g, ' ')
    // What stood between a letter and its accent is gone.
    .normalize('NFC')
    .trim();
  const name = cut(plain, MAX_NAME_LENGTH);
  if (name === '') return 'peer';
  return isPeerId(name.toLowerCase()) ? `peer-${name.slice(0, 8)}` : name;
}

/** The cleaned name, or that with `-2`, `-3`, … when others hold it. `holder`: whose a name is. */
export function handOutName(
  wanted: string,
  id: PeerId,
  holder: (name: string) => PeerId | undefined,
): string {
  const base = cleanName(wanted);
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const name = cut(base, MAX_NAME_LENGTH - suffix.length) + suffix;
    const held = holder(name);
    if (held === undefined || held === id) return name;
  }
}

/** Never through the middle of a character outside the basic plane. */
function cut(text: string, length: number): string {
  return text
    .slice(0, length)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd();
}
