import type { LinkStore, StoredLink } from '../../core/ports/link-store.ts';
import type { LinkId } from '../../core/trust/share-link.ts';

/** Links that end with the process. */
export class MemoryLinkStore implements LinkStore {
  readonly #links = new Map<LinkId, StoredLink>();

  add(link: StoredLink): void {
    this.#links.set(link.id, link);
  }

  get(id: LinkId): StoredLink | undefined {
    return this.#links.get(id);
  }

  all(): readonly StoredLink[] {
    return [...this.#links.values()].sort((a, b) => a.created - b.created);
  }

  revoke(id: LinkId, when: number): void {
    const link = this.#links.get(id);
    if (link && link.revoked === undefined) this.#links.set(id, { ...link, revoked: when });
  }

  countUse(id: LinkId): void {
    const link = this.#links.get(id);
    if (link) this.#links.set(id, { ...link, used: link.used + 1 });
  }

  prune(before: number): void {
    for (const { id, expires, revoked } of this.all()) {
      if (Math.min(expires, revoked ?? expires) < before) this.#links.delete(id);
    }
  }
}
