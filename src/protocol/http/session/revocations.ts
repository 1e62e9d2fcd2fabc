import { MAX_REVOCATIONS_TEXT } from '../../../core/trust/revocations.ts';
import { Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';

const ListText = Type.String({ maxLength: MAX_REVOCATIONS_TEXT });

/** How the list of revocations goes from who has a newer one to who has an older one, whoever asked the other. */
export const revocationOperations = {
  revocations: {
    method: 'GET',
    path: '/v1/revocations',
    summary: 'The newest list of revocations that this server has, signed by the network; null without one.',
    response: Type.Object({
      list: Type.Union([ListText, Type.Null()]),
    }),
    errors: ['unauthorized'],
  },
  bringRevocations: {
    method: 'PUT',
    path: '/v1/revocations',
    summary:
      'Gives this server a newer list of revocations than it has: a registry was restored from a backup, a peer does not reach its registry.',
    body: Type.Object({ list: ListText }),
    errors: ['unauthorized', 'usage'],
  },
} as const satisfies Operations;
