import type { IndexHead } from '../../src/core/entry.ts';
import type { PeerId } from '../../src/core/ids.ts';
import type { KnownPeer } from '../../src/core/known-peer.ts';
import type { PeerDirectory } from '../../src/core/ports/peer-directory.ts';

/** What the registry has told one peer: the same members to all, and heads where it is there to tell them. */
export class SimDirectory implements PeerDirectory {
  readonly #members: ReadonlyMap<PeerId, KnownPeer>;
  readonly #followed: ReadonlySet<PeerId>;
  readonly #heads = new Map<PeerId, IndexHead>();
  readonly #listeners = new Set<(changed: readonly KnownPeer[]) => void>();
  #active: readonly KnownPeer[] | undefined;

  /** `followed`: those that this peer looks at, so that a thousand peers need not remember a thousand each. */
  constructor(members: ReadonlyMap<PeerId, KnownPeer>, followed: ReadonlySet<PeerId>) {
    this.#members = members;
    this.#followed = followed;
  }

  active(): readonly KnownPeer[] {
    this.#active ??= [...this.#followed].flatMap((id) => this.get(id) ?? []);
    return this.#active;
  }

  get(id: PeerId): KnownPeer | undefined {
    const head = this.#heads.get(id);
    const peer = this.#members.get(id);
    return peer && head ? { ...peer, head } : peer;
  }

  onChange(listener: (changed: readonly KnownPeer[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(id: PeerId, head: IndexHead): void {
    this.#heads.set(id, head);
    this.#active = undefined;
    for (const listener of this.#listeners) listener([this.get(id)!]);
  }
}

export const simMember = (id: PeerId): KnownPeer => ({
  ...{ id, name: id.slice(0, 6), addresses: [{ host: '127.0.0.1', port: 1 }], active: true },
  ...{ since: 0, lastSeen: 0, files: 0, bytes: 0, role: 'publish' as const },
});
