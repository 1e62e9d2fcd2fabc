import { PeerdexError } from '../core/errors.ts';
import type { InviteState } from './invites.ts';

/** What somebody who wants to join, or to stay, is told. */

const ANOTHER_LINK = 'ask who looks after the network for a new link: `peerdex registry invite` makes one';

export const wrongKey = (): PeerdexError =>
  new PeerdexError('unauthorized', 'the public key is not the one that the peer id was made from');

export const revokedPeer = (): PeerdexError =>
  new PeerdexError('forbidden', 'this peer was revoked: it is no member of the network any more', {
    hint: 'who looks after the network can say why',
  });

export const noMember = (): PeerdexError =>
  new PeerdexError('unauthorized', 'this peer is no member of the network', {
    hint: 'join it with a link: `peerdex join LINK`',
  });

export const endedTicket = (): PeerdexError =>
  new PeerdexError('forbidden', 'this registry does not know this peer, and its ticket does not hold', {
    hint: ANOTHER_LINK,
  });

export const unknownInvite = (): PeerdexError =>
  new PeerdexError(
    'unauthorized',
    'the secret of this join link is wrong or was made by another registry database',
    { hint: ANOTHER_LINK },
  );

export const wrongMac = (): PeerdexError =>
  new PeerdexError(
    'unauthorized',
    'the proof for this join link is wrong: it was made without its secret or for another connection',
    { hint: 'copy the whole link again, and join from a machine that reaches the registry directly' },
  );

export function deadInvite(state: Exclude<InviteState, 'open'>): PeerdexError {
  const why = {
    withdrawn: 'this join link was withdrawn',
    ended: 'this join link has ended',
    'used-up': 'this join link is used up: it has admitted as many peers as it may',
  }[state];
  return new PeerdexError('forbidden', why, { hint: ANOTHER_LINK });
}

export const noInvite = (id: string): PeerdexError =>
  new PeerdexError('not-found', `no invite has the id ${id}`, { hint: 'see `peerdex registry invites`' });

export const tooManyMembers = (most: number): PeerdexError =>
  new PeerdexError('limit', `this network has ${most} members, which is as many as its registry takes`, {
    hint: 'revoke some with `peerdex registry revoke`, or raise PEERDEX_MAX_PEERS',
  });
