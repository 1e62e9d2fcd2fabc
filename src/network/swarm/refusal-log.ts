import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { oncePerSource } from '../wire/once-per-source.ts';

/** Whom a refusal is about. */
export interface Refused {
  /** A peer id where that is proved or was looked for, else the host: whatever else is said there can be made up anew each time. */
  readonly source: string;
  /** One line a minute is written of each cause and source. */
  readonly cause: string;
  /** `HOST:PORT`. */
  readonly address: string;
}

export type RefusalLog = (message: string, refused: Refused) => void;

/** Tells the log of connections that are refused or ended for what the other side did, and lets nobody fill it. */
export function refusalLog(log: Log, clock: Clock): RefusalLog {
  const warn = oncePerSource(clock, (message, _source, { source, address }: Refused) =>
    log.warn(message, {
      event: 'swarm-refused',
      ...(source === hostOf(address) ? {} : { peer: source }),
      address,
    }),
  );
  return (message, refused) => warn(message, `${refused.source} ${refused.cause}`, refused);
}

/** As `formatAddress` writes it. */
export const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':'));
