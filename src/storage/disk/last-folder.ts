import type { OpenFolder } from './below-root.ts';
import { openFolderBelowSync } from './safe-open.ts';

/** The folder of the file that was used last, held open: neighbours are used one after the other. */
export class LastFolder {
  #folder: (OpenFolder & { readonly key: string }) | undefined;

  /** Holds the folder below `root` until another one is entered or it is released. Errors as `openFolderBelowSync`. */
  enter(root: string, relative: string): OpenFolder {
    const key = `${root}\0${relative}`;
    if (this.#folder?.key !== key) {
      this.release();
      this.#folder = { ...openFolderBelowSync(root, relative), key };
    }
    return this.#folder!;
  }

  release(): void {
    this.#folder?.close();
    this.#folder = undefined;
  }
}
