import type { LocalFileStore } from '../core/ports/local-file-store.ts';
import type { ScanChange } from './compare-folder.ts';
import type { ShareName } from './share-entries.ts';

/** Whether the folder of a change is still one, asked once for changes in one folder that follow each other. */
export class Places {
  readonly #files: LocalFileStore;
  readonly #share: ShareName;
  #last: { readonly parent: string; readonly isFolder: boolean } | undefined;

  constructor(files: LocalFileStore, share: ShareName) {
    this.#files = files;
    this.#share = share;
  }

  /** False for what a pass saw in a folder whose place a file has taken since: nobody would look there again. */
  has({ change, parent }: ScanChange): boolean {
    if (change === 'gone' || parent === '') return true;
    if (this.#last?.parent !== parent) {
      const cut = parent.lastIndexOf('/');
      const folder = this.#files.get(
        this.#share.id,
        parent.slice(0, Math.max(0, cut)),
        parent.slice(cut + 1),
      );
      this.#last = { parent, isFolder: folder?.kind === 'folder' };
    }
    return this.#last.isFolder;
  }

  /** To be called where a folder was written. */
  forget(): void {
    this.#last = undefined;
  }
}
