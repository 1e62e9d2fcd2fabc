import type { Clock } from '../../core/clock.ts';

const AGAIN_MS = 60_000;
/** Sources that are remembered; the one that was heard first is forgotten first. */
const MOST_SOURCES = 1000;

/** Passes on at most one message a minute of each source, so that nobody can fill a log. `More` is handed on as it is. */
export function oncePerSource<More extends readonly unknown[]>(
  clock: Clock,
  say: (message: string, source: string, ...more: More) => void,
): (message: string, source: string, ...more: More) => void {
  const said = new Map<string, number>();
  return (message, source, ...more) => {
    const now = clock.monotonic();
    const last = said.get(source);
    if (last !== undefined && now - last < AGAIN_MS) return;
    said.delete(source);
    said.set(source, now);
    if (said.size > MOST_SOURCES) said.delete(said.keys().next().value!);
    say(message, source, ...more);
  };
}
