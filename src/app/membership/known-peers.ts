import type { Clock } from '../../core/clock.ts';
import type { PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import { FORGET_AFTER_MS } from '../../core/lease.ts';
import type { Log } from '../../core/ports/log.ts';
import type { KnownPeerStore, PeerDirectory } from '../../core/ports/peer-directory.ts';

export interface KnownPeersOptions {
  readonly store: KnownPeerStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Most peers that are remembered. */
  readonly maxPeers: number;
}

type Listener = (changed: readonly KnownPeer[]) => void;

/** The other peers, kept in memory and written through to the store. */
export class KnownPeers implements PeerDirectory {
  readonly #options: KnownPeersOptions;
  readonly #peers = new Map<PeerId, KnownPeer>();
  readonly #listeners = new Set<Listener>();
  #failing = false;
  #flushedAt: number;
  /** Kept until one of them changes. */
  #active: readonly KnownPeer[] | undefined;

  constructor(options: KnownPeersOptions) {
    this.#options = options;
    this.#flushedAt = options.clock.monotonic();
    for (const peer of options.store.all()) this.#set(peer);
    this.forgetUnseen();
  }

  active(): readonly KnownPeer[] {
    this.#active ??= [...this.#peers.values()].filter((peer) => peer.active);
    return this.#active;
  }

  get(id: PeerId): KnownPeer | undefined {
    return this.#peers.get(id);
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes over what the registry tells; with `isWhole` who is not told of is no longer active. */
  update(told: readonly KnownPeer[], isWhole: boolean): void {
    const listed = new Set(told.map(({ id }) => id));
    const missing = isWhole ? this.active().filter(({ id }) => !listed.has(id)) : [];
    const changed = missing.map((peer) => ({ ...peer, active: false }));
    for (const peer of changed) this.#set(peer);
    for (const peer of told) {
      if (isSame(this.#peers.get(peer.id), peer) || !this.#hasRoomFor(peer)) continue;
      this.#set(peer);
      changed.push(peer);
    }
    this.#keep(() => this.#options.store.save(changed));
    this.#tell(changed);
  }

  /** The registry answered: who is active was active just now. It is written down now and then, for who is killed writes nothing at the end. */
  touch(): void {
    const now = this.#options.clock.now();
    for (const peer of this.active()) this.#set({ ...peer, lastSeen: now });
    if (this.#options.clock.monotonic() - this.#flushedAt >= FLUSH_MS) this.flush();
  }

  /** Writes down who was seen when; for the end of the process. */
  flush(): void {
    this.#flushedAt = this.#options.clock.monotonic();
    this.#keep(() => this.#options.store.save(this.active()));
  }

  /** Drops who was not seen for 30 days. */
  forgetUnseen(): void {
    const oldest = this.#options.clock.now() - FORGET_AFTER_MS;
    this.#drop([...this.#peers.values()].filter(({ lastSeen }) => lastSeen < oldest));
  }

  /** Drops everybody: this peer goes to another network. */
  clear(): void {
    this.#drop([...this.#peers.values()]);
  }

  /** A registry that tells of more peers than are to be remembered fills no memory; absent ones make room for active ones. */
  #hasRoomFor({ id, active }: KnownPeer): boolean {
    if (this.#peers.has(id) || this.#peers.size < this.#options.maxPeers) return true;
    const absent = active ? this.#peers.values().find((peer) => !peer.active) : undefined;
    if (absent) this.#drop([absent]);
    return absent !== undefined;
  }

  #drop(peers: readonly KnownPeer[]): void {
    if (peers.length === 0) return;
    for (const { id } of peers) this.#peers.delete(id);
    this.#active = undefined;
    this.#keep(() => this.#options.store.delete(peers.map(({ id }) => id)));
    this.#tell(peers.filter(({ active }) => active).map((peer) => ({ ...peer, active: false })));
  }

  #set(peer: KnownPeer): void {
    this.#peers.set(peer.id, peer);
    this.#active = undefined;
  }

  /** What cannot be written, as on a full disk, is told anew by the registry after the next start. */
  #keep(write: () => void): void {
    try {
      write();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing)
        this.#options.log.warn(`what is known of the peers cannot be written down: ${String(error)}`, {
          event: 'peers-not-written',
        });
      this.#failing = true;
    }
  }

  #tell(changed: readonly KnownPeer[]): void {
    if (changed.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(changed);
      } catch (error) {
        this.#options.log.error('a change of the peers could not be followed', {
          event: 'peers-change-failed',
          error,
        });
      }
    }
  }
}

const FLUSH_MS = 24 * 3600 * 1000;

/** Alike in all that anybody acts on. */
function isSame(a: KnownPeer | undefined, b: KnownPeer): boolean {
  const key = ({ name, addresses, active, since, head, files, bytes, role }: KnownPeer) =>
    JSON.stringify([name, addresses, active, since, head?.index, head?.seq, files, bytes, role]);
  return a !== undefined && key(a) === key(b);
}
