import type { OpenFolder } from './below-root.ts';
import { openFolderBelowSync } from './safe-open.ts';

/** The folder of the file that was used last, held open: neighbours are used one after the other. */
export class LastFolder {
  #folder: OpenFolder | undefined;
  #root = '';
  #relative = '';

  /** Holds the folder below `root` until another one is entered or it is released. Errors as `openFolderBelowSync`. */
  enter(root: string, relative: string): OpenFolder {
    if (this.#folder && this.#relative === relative && this.#root === root) return this.#folder;
    this.release();
    this.#folder = openFolderBelowSync(root, relative);
    this.#root = root;
    this.#relative = relative;
    return this.#folder;
  }

  release(): void {
    this.#folder?.close();
    this.#folder = undefined;
  }
}
