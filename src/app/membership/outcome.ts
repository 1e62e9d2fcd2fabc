import type { PeerdexError } from '../../core/errors.ts';
import type { NetworkId } from '../../core/ids.ts';
import type { JoinLink, NetworkMode } from '../../core/join-link.ts';
import type { LeaseOutcome } from './lease-keeper.ts';

export interface MembershipStatus {
  /** Null while this peer belongs to no network. */
  readonly network: NetworkId | null;
  readonly mode: NetworkMode | null;
  readonly registered: boolean;
  /** Why it is not registered, or what is wrong although it is, or null. */
  readonly reason: string | null;
}

export const NO_NETWORK = 'not joined to a network';

export function statusOf(link: JoinLink | undefined, outcome: LeaseOutcome | undefined): MembershipStatus {
  const { network = null, mode = null } = link ?? {};
  if (outcome?.registered) return { network, mode, registered: true, reason: outcome.rival ?? null };
  if (outcome) return { network, mode, registered: false, reason: outcome.error.message };
  const reason = link ? 'the registry has not answered yet' : NO_NETWORK;
  return { network, mode, registered: false, reason };
}

/** Whether it was the registry that answered, be it by a refusal. Who has another key does not answer for it. */
export const didAnswer = (outcome: LeaseOutcome | undefined): boolean =>
  outcome !== undefined &&
  (outcome.registered || !['unavailable', 'failed', 'verification'].includes(outcome.error.code));

/** The registry answered, and will answer the same again. */
export const isFinal = ({ code }: PeerdexError): boolean =>
  ['conflict', 'unsupported', 'verification', 'unauthorized', 'forbidden'].includes(code);
