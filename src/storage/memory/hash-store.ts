import type { Clock } from '../../core/clock.ts';
import type { ContentId } from '../../core/ids.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { HashKeeper } from '../../core/ports/local-contents.ts';

/** Manifests and leaf hashes in memory. */
export class MemoryHashStore implements HashKeeper {
  readonly #clock: Clock;
  readonly #manifests = new Map<ContentId, { manifest: Manifest; stamp: number }>();
  readonly #leaves = new Map<ContentId, Map<number, Uint8Array>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  manifest(content: ContentId): Manifest | undefined {
    return this.#manifests.get(content)?.manifest;
  }

  leaves(content: ContentId, group: number): Uint8Array | undefined {
    return this.#leaves.get(content)?.get(group);
  }

  putManifest(content: ContentId, { size, groups }: Manifest): void {
    this.#manifests.set(content, {
      manifest: { size, groups: Uint8Array.from(groups) },
      stamp: this.#clock.now(),
    });
  }

  putLeaves(content: ContentId, group: number, leaves: Uint8Array): void {
    const groups = this.#leaves.get(content) ?? new Map<number, Uint8Array>();
    groups.set(group, Uint8Array.from(leaves));
    this.#leaves.set(content, groups);
  }

  older(before: number, after: ContentId, limit: number): readonly ContentId[] {
    return [...this.#manifests]
      .filter(([content, { stamp }]) => content > after && stamp < before)
      .map(([content]) => content)
      .sort()
      .slice(0, limit);
  }

  drop(content: ContentId): void {
    this.#manifests.delete(content);
    this.#leaves.delete(content);
  }
}
