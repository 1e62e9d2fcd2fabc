import type { Clock } from '../../core/clock.ts';
import type { PeerdexError } from '../../core/errors.ts';
import { sourceOf } from '../../core/limits/source.ts';
import type { Log } from '../../core/ports/log.ts';
import { oncePerSource } from '../../network/wire/once-per-source.ts';

/** Writes down whom a server refused, and why. `remote`: an IP address. */
export type RefusalLines = (message: string, error: PeerdexError, remote: string) => void;

/** A warning a minute for each address and code of error: keys, and what the messages have from others, can be made up anew each time. */
export function refusalLines(log: Log, clock: Clock): RefusalLines {
  const warn = oncePerSource(clock, (message, _key, error: PeerdexError, remote: string) =>
    log.warn(message, { event: 'session-refused', error, remote }),
  );
  return (message, error, remote) => warn(message, `${sourceOf(remote)} ${error.code}`, error, remote);
}
