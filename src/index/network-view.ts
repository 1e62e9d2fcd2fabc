import { type Address, formatAddress } from '../core/address.ts';
import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import type { PeerDirectory } from '../core/ports/peer-directory.ts';

/** This peer, as others see it. */
export interface SelfView {
  readonly id: PeerId;
  readonly name: string;
  /** Best first. */
  readonly addresses: readonly Address[];
}

/** A peer whose files can be found: an active one, or this one. */
export interface PeerView extends SelfView {
  readonly self: boolean;
  /** The address first offered, or ''. */
  readonly address: string;
}

/** What a query knows of the network. */
export interface ViewOptions {
  readonly store: EntryQueries;
  readonly directory: PeerDirectory;
  readonly self: () => SelfView;
}

interface LastView extends Pick<SelfView, 'name' | 'addresses'> {
  readonly active: readonly SelfView[];
  readonly peers: ReadonlyMap<PeerId, PeerView>;
  readonly ids: ReadonlySet<PeerId>;
}

/** The peers whose files can be found, this one first. */
export class NetworkView {
  readonly #options: ViewOptions;
  /** Made anew when a peer changes, which is seldom: thousands of them are looked at for each search and each content. */
  #last: LastView | undefined;

  constructor(options: ViewOptions) {
    this.#options = options;
  }

  peers(): ReadonlyMap<PeerId, PeerView> {
    return this.#now().peers;
  }

  /** Of the same peers. */
  ids(): ReadonlySet<PeerId> {
    return this.#now().ids;
  }

  #now(): LastView {
    const self = this.#options.self();
    const active = this.#options.directory.active();
    const last = this.#last;
    if (last?.active === active && last.name === self.name && last.addresses === self.addresses) return last;
    const peers = new Map([[self.id, viewOf(self, true)]]);
    for (const peer of active) if (peer.id !== self.id) peers.set(peer.id, viewOf(peer, false));
    this.#last = { active, name: self.name, addresses: self.addresses, peers, ids: new Set(peers.keys()) };
    return this.#last;
  }

  /** The peer of that id, name or first 6 or more digits of an id, in this order, if any. Throws `ambiguous` when several fit. */
  peer(text: string): PeerView | undefined {
    const all = [...this.peers().values()];
    const found = waysToMean(text)
      .map((isMeant) => all.filter(isMeant))
      .find(({ length }) => length > 0);
    if (!found || found.length === 1) return found?.[0];
    throw new PeerdexError('ambiguous', `${JSON.stringify(text)} fits several peers`, {
      hint: 'name the peer by more digits of its id',
      candidates: found.map((peer) => ({ what: peer.id, note: `${peer.name} at ${peer.address}` })),
    });
  }

  /** As `peer`; throws `not-found` where there is none. */
  mustBePeer(text: string): PeerView {
    const peer = this.peer(text);
    if (peer) return peer;
    const away = this.isInactive(text);
    throw new PeerdexError(
      'not-found',
      away ? `peer ${JSON.stringify(text)} is not active` : `there is no peer ${JSON.stringify(text)}`,
      { hint: '`peerdex peers` lists the active ones' },
    );
  }

  /** True for the name or id of a peer whose entries are still here, but which is away. */
  isInactive(text: string): boolean {
    const { store, directory } = this.#options;
    const active = this.peers();
    const ways = waysToMean(text);
    return store.owners().some(({ owner }) => {
      const peer = directory.get(owner);
      return peer && !active.has(owner) && ways.some((isMeant) => isMeant(peer));
    });
  }
}

/** `PEER:PATH` as `get` reads it back. */
export const whatOf = (peer: PeerView, path: string): string =>
  `${/[:/\s]/.test(peer.name) ? peer.id : peer.name}:${path}`;

/** A word of a command line, quoted where it has to be. */
export const asShellReads = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** ISO 8601, UTC. */
export const timeOf = (mtime: bigint): string => new Date(millisecondsOf(mtime)).toISOString();

/** Since 1970, whole. */
export const millisecondsOf = (mtime: bigint): number => Number(mtime / 1_000_000n);

/** Lets others have the thread: queries run in steps. */
export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a text can stand for, the surest first. */
function waysToMean(
  text: string,
): readonly ((peer: { readonly id: PeerId; readonly name: string }) => boolean)[] {
  const name = text.normalize('NFC');
  const id = name.toLowerCase();
  const isPrefix = ID_PREFIX.test(id);
  return [
    (peer) => peer.id === id,
    (peer) => peer.name === name,
    (peer) => isPrefix && peer.id.startsWith(id),
  ];
}

const ID_PREFIX = /^[0-9a-f]{6,32}$/;

const viewOf = ({ id, name, addresses }: SelfView, self: boolean): PeerView => ({
  id,
  name,
  addresses,
  self,
  address: addresses[0] ? formatAddress(addresses[0]) : '',
});
