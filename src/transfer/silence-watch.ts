import type { Clock } from '../core/clock.ts';
import { PeerdexError } from '../core/errors.ts';
import type { SourceSession } from './source-session.ts';

/** A source that owes leaves and says nothing for so long loses them to others. */
export const SILENCE_MS = 10_000;
const LOOK_MS = 1_000;

/** Ends the sessions that are silent, and calls `also`, once a second; the returned function ends the watch. */
export function watchSilence(
  clock: Clock,
  sessions: () => Iterable<SourceSession>,
  also: () => void,
): () => void {
  let cancel: () => void = () => {};
  let ended = false;
  const look = () => {
    for (const session of [...sessions()]) {
      if (session.silentMs() < SILENCE_MS) continue;
      session.end(
        new PeerdexError('unavailable', `it has been silent for ${SILENCE_MS / 1000} s`, { retry: true }),
      );
    }
    if (ended) return;
    also();
    cancel = clock.after(LOOK_MS, look);
  };
  cancel = clock.after(LOOK_MS, look);
  return () => {
    ended = true;
    cancel();
  };
}
