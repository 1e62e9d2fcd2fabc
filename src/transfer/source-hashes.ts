import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { SourceChannel } from '../core/ports/source.ts';
import type { LeafHashes } from './leaf-hashes.ts';
import { ManifestPages, pageCount } from './manifest-pages.ts';

/** Why hashes that came are of no use, and whether their source is to blame or nobody. */
export interface HashProblem {
  readonly error: PeerdexError;
  readonly isTheirs: boolean;
}

/** The hashes that one source is asked for: the manifest's pages where it is not known, and leaf hashes group by group. */
export class SourceHashes {
  readonly #channel: Pick<SourceChannel, 'requestManifest' | 'requestLeaves'>;
  readonly #hashes: LeafHashes;
  readonly #size: number;
  /** Groups whose hashes were asked for and have not come. */
  readonly #groupsAwaited = new Set<number>();
  /** Groups whose hashes came, asked for or before a leaf that stands in for another; each once. */
  readonly #groupsCame = new Set<number>();
  #pages: ManifestPages | undefined;
  #claimsAnother = false;

  /** `size`: as is expected. */
  constructor(channel: SourceChannel, hashes: LeafHashes, size: number) {
    this.#channel = channel;
    this.#hashes = hashes;
    this.#size = size;
    if (hashes.manifest) return;
    this.#pages = new ManifestPages(size);
    this.#askForPages(0, pageCount(size));
  }

  /** It has another size than was expected, and is asked to prove it. */
  get claimsAnother(): boolean {
    return this.#claimsAnother;
  }

  /** Where the size is not proven yet, its manifest shows whether the source or the index has a false one. */
  sized(size: number): HashProblem | undefined {
    if (size === this.#size) return undefined;
    if (this.#hashes.manifest || this.#claimsAnother) return lying(ANOTHER_SIZE);
    this.#claimsAnother = true;
    this.#pages = new ManifestPages(size);
    this.#askForPages(pageCount(this.#size), pageCount(size));
    return undefined;
  }

  manifest(page: number, bytes: Uint8Array): HashProblem | undefined {
    if (!this.#pages?.add(page, bytes)) return lying('its manifest does not fit');
    const manifest = this.#pages.finish();
    if (!manifest) return undefined;
    try {
      this.#hashes.takeManifest(manifest);
    } catch (error) {
      const failure = asPeerdexError(error);
      return { error: failure, isTheirs: failure.code === 'verification' };
    }
    const proven = this.#hashes.manifest?.size;
    if (proven !== this.#size) return { error: falseIndex(), isTheirs: false };
    return manifest.size === proven ? undefined : lying(ANOTHER_SIZE);
  }

  leaves(group: number, hashes: Uint8Array): HashProblem | undefined {
    const wrong = lying(`its hashes of group ${group} are wrong`);
    if (this.#groupsCame.has(group)) return wrong;
    this.#groupsCame.add(group);
    this.#groupsAwaited.delete(group);
    try {
      return this.#hashes.takeGroup(group, hashes) ? undefined : wrong;
    } catch (error) {
      return { error: asPeerdexError(error), isTheirs: false };
    }
  }

  isAwaited(group: number): boolean {
    return this.#groupsAwaited.has(group);
  }

  askForGroup(group: number): void {
    if (this.#groupsAwaited.has(group) || this.#groupsCame.has(group) || this.#hashes.knowsGroup(group))
      return;
    this.#groupsAwaited.add(group);
    this.#channel.requestLeaves(group);
  }

  #askForPages(first: number, end: number): void {
    for (let page = first; page < end; page += 1) this.#channel.requestManifest(page);
  }
}

const ANOTHER_SIZE = 'it claims another size';
const falseIndex = (): PeerdexError =>
  new PeerdexError('verification', 'the index gives a false size for it', { retry: true });
const lying = (how: string): HashProblem => ({
  error: new PeerdexError('verification', how),
  isTheirs: true,
});
