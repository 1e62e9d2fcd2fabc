import { Type } from '../../schema.ts';
import { liveOperations } from '../local/live-operations.ts';
import { localOperations } from '../local/operations.ts';
import type { Operations } from '../operation.ts';
import { TimeShape } from '../shapes.ts';
import { libraryOperations } from './library-operations.ts';
import { networkOperations } from './network-operations.ts';
import { ownOperations } from './own-operations.ts';

const Secret = Type.String({ minLength: 1, maxLength: 128 });

/** How a browser comes in, and how it goes. */
export const sessionOperations = {
  signIn: {
    method: 'POST',
    path: '/v1/dashboard/sign-in',
    summary: 'Exchanges the code of a link for the token of a session; a code counts once.',
    body: Type.Object({ code: Secret }),
    response: Type.Object({ token: Secret, expires: TimeShape }),
    errors: ['unauthorized'],
    open: true,
  },
  signOut: {
    method: 'POST',
    path: '/v1/dashboard/sign-out',
    summary: 'Ends the session whose token the request bears.',
    errors: [],
  },
} as const satisfies Operations;

/** The files that a browser loads. */
export const pageOperations = {
  page: { method: 'GET', path: '/', summary: 'The dashboard.', kind: 'bytes', errors: [], open: true },
  asset: {
    method: 'GET',
    path: '/assets/*',
    summary: 'What the page loads.',
    params: Type.Object({ '*': Type.String({ maxLength: 200 }) }),
    kind: 'bytes',
    errors: ['not-found'],
    open: true,
  },
} as const satisfies Operations;

const { leave: _, ...usable } = localOperations;

/** What the dashboard asks its peer, with the token of a session. */
export const dashboardOperations = {
  ...usable,
  ...liveOperations,
  ...sessionOperations,
  ...libraryOperations,
  ...ownOperations,
  ...networkOperations,
} as const satisfies Operations;
