import { Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';
import { TimeShape } from '../shapes.ts';
import { LiveEvent } from './live-event.ts';
import { Text } from './local-shapes.ts';

/** For clients that stay, such as the dashboard. */
export const liveOperations = {
  events: {
    method: 'GET',
    path: '/v1/events',
    summary: 'What goes on in this peer: first all there is, then what changes.',
    response: LiveEvent,
    kind: 'events',
    errors: ['limit'],
  },
} as const satisfies Operations;

/** Only whoever has the token of the data folder lets somebody into the dashboard. */
export const dashboardLinkOperations = {
  dashboardLink: {
    method: 'POST',
    path: '/v1/dashboard/links',
    summary: 'Makes a URL that signs one browser in to the dashboard, once and soon.',
    response: Type.Object({ url: Text, expires: TimeShape }),
    errors: ['unavailable'],
  },
} as const satisfies Operations;
