import { asPeerdexError, type ErrorCode, PeerdexError } from '../core/errors.ts';
import type { JoinLink } from '../core/join-link.ts';
import type { PeerConfig } from './config.ts';
import type { Membership } from './membership.ts';

/** How long a first join may take. */
const FIRST_JOIN_MS = 10_000;
/** A registry that answers does so at once; one that is down is not waited for by who is a member already. */
const KNOWN_MEMBER_MS = 3_000;

/** Throws `unavailable` without a link. */
export function linkOf({ join: link }: PeerConfig): JoinLink {
  if (!link) {
    throw new PeerdexError('unavailable', 'this peer belongs to no network yet', {
      hint: 'start it with --join and the link that the registry printed',
    });
  }
  return link;
}

/** Nothing that time mends. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'unsupported',
  'conflict',
  'verification',
  'forbidden',
  'unauthorized',
]);

/** A known member starts without its registry; who was never registered must be, and is told why when it cannot. */
export async function firstRegistration(membership: Membership, isMember: boolean): Promise<void> {
  try {
    await membership.firstRegistration(AbortSignal.timeout(isMember ? KNOWN_MEMBER_MS : FIRST_JOIN_MS));
  } catch (error) {
    const { code, message } = asPeerdexError(error);
    if (FINAL.has(code)) throw error;
    if (isMember) return;
    const { problem } = membership;
    // It answers, but something is wrong that its own sentence says best, such as a clock.
    if (problem && problem.code !== 'unavailable') throw problem;
    const { reason } = membership.status();
    throw new PeerdexError('unavailable', `cannot join the network: ${reason ?? message}`, {
      cause: error,
      hint: 'check that the registry runs and that this machine reaches its address',
    });
  }
}
