import { PeerdexError } from '../errors.ts';
import { isPeerId, type NetworkId, type PeerId } from '../ids.ts';
import type { Signer, Verifier } from '../ports/signing.ts';
import { readSignedText, signText } from './signed-text.ts';

const TAG = 'peerdex/revocations/1';
/** Most peers on a list. Whoever's last ticket has long ended leaves it. */
export const MAX_REVOKED = 20_000;
/** Longest list that is looked at: `MAX_REVOKED` ids in JSON in base64. */
export const MAX_REVOCATIONS_TEXT = 1024 * 1024;

/** Hellos bear the number in 32 bits. */
const MAX_NUMBER = 0xffff_ffff;

/** Who is no member any more. Of two lists of one network the one with the higher number holds. */
export interface Revocations {
  readonly network: NetworkId;
  readonly number: number;
  readonly peers: readonly PeerId[];
}

export const signRevocations = (network: Signer, list: Revocations): string => signText(network, TAG, list);

/** Throws `verification` for a text that is no list of this network. */
export function readRevocations(text: string, networkKey: Uint8Array, verifier: Verifier): Revocations {
  if (text.length > MAX_REVOCATIONS_TEXT)
    throw new PeerdexError('verification', 'this list of revocations is too long');
  const list = readSignedText(text, TAG, networkKey, verifier) as Partial<Revocations> | null;
  if (
    !list ||
    !isPeerId(list.network) ||
    !isNumber(list.number) ||
    !Array.isArray(list.peers) ||
    list.peers.length > MAX_REVOKED ||
    !list.peers.every(isPeerId)
  ) {
    throw new PeerdexError('verification', 'this list of revocations lacks something');
  }
  const { network, number, peers } = list as Revocations;
  return { network, number, peers };
}

const isNumber = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MAX_NUMBER;
