import { toHex } from '../../../src/core/ids.ts';
import { quickKey } from '../quick-keys.ts';
import { ticketOf } from '../trust.ts';

export const SERVER = quickKey(2);
export const MEMBER = quickKey(3);
export const NONCE = 'aa'.repeat(32);
/** Stand in an input for what is new on each connection. */
export const LIVE = { nonce: '0a'.repeat(32), signature: '0b'.repeat(64), mac: '0c'.repeat(32) };
export const CLAIM = {
  nonce: LIVE.nonce,
  challenged: NONCE,
  peer: MEMBER.id,
  key: toHex(MEMBER.publicKey),
  ticket: ticketOf(MEMBER),
  signature: LIVE.signature,
};

/** The input with live values where it has their names. */
export function filled(value: unknown, live: Readonly<Record<keyof typeof LIVE, string>>): unknown {
  const text = (Object.keys(LIVE) as (keyof typeof LIVE)[]).reduce(
    (so, key) => so.replaceAll(`"${LIVE[key]}"`, `"${live[key]}"`),
    JSON.stringify(value) ?? 'null',
  );
  return JSON.parse(text);
}
