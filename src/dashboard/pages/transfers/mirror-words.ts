import type { LiveJob } from '../../../protocol/http/local/live-event.ts';

export type Mirror = NonNullable<LiveJob['mirror']>;

/** A mirror whose folder is equal: it waits for changes, and nothing is the matter. */
export const isEqual = ({ state, mirror }: Pick<LiveJob, 'state' | 'mirror'>): boolean =>
  state === 'waiting' && mirror?.pass?.equal === true;
