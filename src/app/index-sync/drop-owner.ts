import { setImmediate } from 'node:timers/promises';
import type { PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import { FORGET_AFTER_MS } from '../../core/lease.ts';
import type { EntryStore, OwnerState } from '../../core/ports/entry-store.ts';
import type { KeptPages } from '../../index/kept-pages.ts';

export interface OwnersKept {
  readonly store: EntryStore;
  /** Pages of its log, to be passed on. */
  readonly kept?: KeptPages | undefined;
}

/**
 * Drops an owner and all that is kept of it, a few at a time. From the first on its log counts as being read anew: that some of it is missing says
 * nothing, and where it is wanted again after all it is read from the beginning.
 */
export async function dropOwner(
  { store, kept }: OwnersKept,
  owner: PeerId,
  signal: AbortSignal,
): Promise<void> {
  kept?.drop(owner);
  const state = store.owner(owner);
  if (state && !state.snapshot) {
    const { index, floor, updated } = state;
    store.beginSnapshot(owner, { index, seq: 0, floor, last: 0 }, updated);
  }
  while (!signal.aborted && !store.dropOwner(owner, STEP_RECORDS)) await setImmediate();
}

/** True when nobody has seen the owner for long. */
export const isForgotten = ({ updated }: OwnerState, peer: KnownPeer | undefined, now: number): boolean =>
  !peer?.active && now - (peer?.lastSeen ?? updated) > FORGET_AFTER_MS;

const STEP_RECORDS = 100;
