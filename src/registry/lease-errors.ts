import { type Address, formatAddress } from '../core/address.ts';
import { PeerdexError } from '../core/errors.ts';

/** What a peer that registers or renews is told. */

export const noLease = (): PeerdexError =>
  new PeerdexError('not-found', 'this peer has no running lease', { hint: 'register again' });

export const heldByAnother = (at: Address): PeerdexError =>
  new PeerdexError(
    'conflict',
    `another peer with the same key has registered since, at ${formatAddress(at)}`,
    { hint: 'a data folder was copied: stop one of the two and run `peerdex reset-identity` on its folder' },
  );

export const tooManyPeers = (most: number): PeerdexError =>
  new PeerdexError(
    'limit',
    `this registry remembers ${most} peers, which is as many as it may, and all were there in the last 30 days`,
    { hint: 'revoke some with `peerdex registry revoke`, or raise PEERDEX_MAX_PEERS', retry: true },
  );
