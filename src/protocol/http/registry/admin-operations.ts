import type { Operations } from '../operation.ts';
import { registryLocalOperations } from '../registry-local/operations.ts';

const { invite, invites, revoke, withdraw } = registryLocalOperations;

/** What members of role admin do over the network: the same as on the registry's own machine. */
export const adminOperations = {
  invite: { ...invite, errors: ['unauthorized', 'forbidden', 'limit'] },
  invites: { ...invites, errors: ['unauthorized', 'forbidden'] },
  revoke: { ...revoke, errors: ['unauthorized', 'forbidden', 'not-found', 'ambiguous', 'limit'] },
  withdraw: { ...withdraw, errors: ['unauthorized', 'forbidden', 'not-found'] },
} as const satisfies Operations;
