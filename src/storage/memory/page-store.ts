import type { PeerId } from '../../core/ids.ts';
import type { PageMark, PageStore, SignedPage } from '../../core/ports/page-store.ts';

/** Kept pages that end with the process. */
export class MemoryPageStore implements PageStore {
  readonly #pages = new Map<PeerId, { readonly mark: PageMark; readonly page: SignedPage }[]>();

  marks(owner: PeerId): readonly PageMark[] {
    return (this.#pages.get(owner) ?? []).map(({ mark }) => mark);
  }

  read(owner: PeerId, since: number): SignedPage | undefined {
    return this.#pages.get(owner)?.find(({ mark }) => mark.since === since)?.page;
  }

  keep(owner: PeerId, mark: PageMark, page: SignedPage): void {
    const before = (this.#pages.get(owner) ?? []).filter((one) => one.mark.since < mark.since);
    this.#pages.set(owner, [...before, { mark, page }]);
  }

  drop(owner: PeerId): void {
    this.#pages.delete(owner);
  }
}
