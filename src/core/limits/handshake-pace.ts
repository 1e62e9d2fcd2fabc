import type { Clock } from '../clock.ts';
import { PeerdexError } from '../errors.ts';
import type { PortLimits } from './limits.ts';
import { sourceOf } from './source.ts';
import { SourcePace } from './source-pace.ts';

/** What a handshake that begins now from this IP address is refused with. Nothing: it may go on, and is counted by that. */
export type HandshakePace = (address: string) => PeerdexError | undefined;

/** Lets so many handshakes a second go on as the limits say. The errors have code `limit` and say when to try again. */
export function handshakePace(
  clock: Clock,
  { handshakes, handshakesOfOne }: Pick<PortLimits, 'handshakes' | 'handshakesOfOne'>,
): HandshakePace {
  const pace = new SourcePace({ clock, all: handshakes, ofOne: handshakesOfOne });
  return (address) => {
    const retryAfterMs = pace.take(sourceOf(address));
    if (retryAfterMs === 0) return undefined;
    return new PeerdexError('limit', 'too many handshakes a second', {
      retryAfterMs,
      hint: 'try again a little later',
    });
  };
}
