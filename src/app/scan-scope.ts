import { baseName, parentPath, pathProblem } from '../core/index-path.ts';
import type { ShareRecord } from '../core/ports/local-file-store.ts';
import { indexPath } from '../index/share-entries.ts';
import { IGNORE_FILE, IgnoreRules, rulesAt } from '../storage/disk/ignore-rules.ts';

/** Which files in shares a scan would list. For one look at some of them: what it reads of a folder is read once. */
export class ScanScope {
  /** By root and folder; undefined: nothing in it is listed. */
  readonly #rules = new Map<string, IgnoreRules | undefined>();

  /** False for a path that no index can have, and for what the share's rules leave out. `relative`: a file below the share's root. */
  lists(share: ShareRecord, relative: string): boolean {
    if (baseName(relative) === IGNORE_FILE || pathProblem(indexPath(share, relative))) return false;
    const rules = this.#rulesIn(share.path, parentPath(relative));
    return rules !== undefined && !rules.leavesOut(share.path, relative, false);
  }

  #rulesIn(root: string, folder: string): IgnoreRules | undefined {
    const key = `${root}\0${folder}`;
    if (!this.#rules.has(key)) this.#rules.set(key, this.#read(root, folder));
    return this.#rules.get(key);
  }

  #read(root: string, folder: string): IgnoreRules | undefined {
    const above = folder === '' ? IgnoreRules.NONE : this.#rulesIn(root, parentPath(folder));
    if (!above || (folder !== '' && above.leavesOut(root, folder, true))) return undefined;
    return rulesAt(root, folder, above);
  }
}
