import { MAX_REVOCATIONS_TEXT } from '../../../core/trust/revocations.ts';
import { Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';

export const revocationOperations = {
  revocations: {
    method: 'GET',
    path: '/v1/revocations',
    summary: 'The newest list of revocations that this server has, signed by the network; null without one.',
    response: Type.Object({
      list: Type.Union([Type.String({ maxLength: MAX_REVOCATIONS_TEXT }), Type.Null()]),
    }),
    errors: ['unauthorized'],
  },
} as const satisfies Operations;
