import type { Clock } from '../../core/clock.ts';
import type { HandshakePace } from '../../core/limits/handshake-pace.ts';
import { sourceOf } from '../../core/limits/source.ts';
import type { Log } from '../../core/ports/log.ts';
import { oncePerSource } from '../../network/wire/once-per-source.ts';

/** The same, with a line in the log for whoever is refused, once a minute for each. */
export function loggedPace(pace: HandshakePace, clock: Clock, log: Log): HandshakePace {
  const warn = oncePerSource(clock, (message, address) =>
    log.warn(message, { event: 'handshakes-refused', address }),
  );
  return (address) => {
    const refused = pace(address);
    if (refused) warn(`${refused.message}: one was refused`, sourceOf(address));
    return refused;
  };
}
