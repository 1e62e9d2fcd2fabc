import type { EntryQueries } from '../core/ports/entry-store.ts';
import { fateOf, readMirrored } from '../index/mirror-source.ts';
import type { NetworkView } from '../index/network-view.ts';
import type { MirrorSource } from '../transfer/mirror/mirror-parts.ts';

export interface MirrorSourceOptions {
  readonly store: EntryQueries;
  readonly view: NetworkView;
  /** Calls back when the entries of others, or who is active, have changed. Returns what ends it. */
  readonly onChange: (listener: () => void) => () => void;
}

/** The index, as mirrors ask it. */
export function makeMirrorSource({ store, view, onChange }: MirrorSourceOptions): MirrorSource {
  return {
    read: (what) => readMirrored(store, view, what),
    fateOf: (kept) => fateOf(store, view, kept),
    isUnderWay(wanted) {
      const owners = new Set(wanted.map(({ origin }) => origin.owner));
      return [...owners].some((owner) => store.owner(owner)?.snapshot !== undefined);
    },
    whoIsAway(what) {
      const peer = what.includes(':') ? what.slice(0, what.indexOf(':')) : '';
      return peer !== '' && view.isInactive(peer) ? `${peer} is away` : undefined;
    },
    onChange,
  };
}
