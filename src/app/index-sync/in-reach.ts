import { type Clock, sleep } from '../../core/clock.ts';
import type { KnownPeer } from '../../core/known-peer.ts';

/** Resolves once a peer answers; must reject when the signal aborts, and within a time of its own. */
export type Reach = (server: KnownPeer, signal: AbortSignal) => Promise<void>;

/** A peer that answers, or why it does not. */
export interface Tried {
  readonly server: KnownPeer;
  readonly error?: unknown;
}

/**
 * These peers in the order in which they answer or fail. They are tried one after the other, the next one at once when one has failed and otherwise after
 * a moment, so that one that is silent is waited for beside the next. Nobody is tried while the caller is busy with one that answered.
 */
export async function* inReach(
  servers: readonly KnownPeer[],
  reach: Reach | undefined,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Tried> {
  const left = [...servers];
  const trying = new Map<KnownPeer, Promise<Tried>>();
  let isNext = true;
  while (left.length + trying.size > 0) {
    const server = isNext || trying.size === 0 ? left.shift() : undefined;
    if (server) trying.set(server, attempt(server, reach, signal));
    const moment = new AbortController();
    const others =
      left.length === 0
        ? []
        : [
            sleep(clock, NEXT_MS, moment.signal).then(
              () => undefined,
              () => undefined,
            ),
          ];
    const tried = await Promise.race([...trying.values(), ...others]);
    moment.abort();
    isNext = tried === undefined || tried.error !== undefined;
    if (!tried) continue;
    trying.delete(tried.server);
    yield tried;
  }
}

const attempt = (server: KnownPeer, reach: Reach | undefined, signal: AbortSignal): Promise<Tried> =>
  reach === undefined
    ? Promise.resolve({ server })
    : reach(server, signal).then(
        () => ({ server }),
        (error: unknown) => ({ server, error: error ?? new Error('no reason') }),
      );

const NEXT_MS = 500;
