import { PeerdexError } from '../../core/errors.ts';
import type { LocalEntry, LocalFileStore, RootIdentity } from '../../core/ports/local-file-store.ts';
import type { FolderMemory, FolderPrint, ScanMemory } from '../../core/ports/scan-memory.ts';
import { sameRoot } from '../../core/root-identity.ts';
import { compareFolder, type FolderDifference, type ScanChange } from '../../index/compare-folder.ts';
import type { FolderWalker, Glance, Visit } from '../../storage/disk/folder-walker.ts';
import { IgnoreRules } from '../../storage/disk/ignore-rules.ts';
import { markRoot, rootAt } from '../../storage/disk/share-root.ts';
import { Mounts } from './mounts.ts';
import { ProblemTally } from './problem-tally.ts';
import { MAX_UNREAD, type ScanEnd, type ScanRequest } from './scan-messages.ts';

export interface ScanPassParts {
  readonly share: { readonly id: number; readonly name: string; readonly path: string };
  readonly files: LocalFileStore;
  readonly memory: ScanMemory;
  readonly walker: FolderWalker;
  readonly change: (change: ScanChange) => void;
  readonly print: (print: FolderPrint) => void;
  /** A folder was looked at. */
  readonly progress: () => void;
}

/** One pass over a share: what differs from what the database remembers. */
export class ScanPass {
  readonly #parts: ScanPassParts;
  readonly #request: ScanRequest;
  readonly #tally = new ProblemTally();
  readonly #todo: Todo[] = [];
  readonly #mounts: Mounts;
  readonly #unread: string[] = [];
  #links = 0;
  #folders = 0;
  #items = 0;
  #trees = false;

  constructor(parts: ScanPassParts, request: ScanRequest) {
    this.#parts = parts;
    this.#request = request;
    this.#mounts = new Mounts(parts.memory.mounts(parts.share.id));
  }

  /** Throws `unavailable` where the share's folder cannot be looked at, or is another one. */
  run(): ScanEnd {
    const { path } = this.#parts.share;
    const root = markRoot(path, this.#rootLike(this.#request.root), this.#request.marker);
    for (const todo of this.#request.only ? this.#firstOf(this.#request.only) : [TOP]) {
      this.#todo.push(todo);
      for (let next = this.#todo.pop(); next; next = this.#todo.pop()) {
        this.#look(next, root);
        this.#parts.progress();
      }
    }
    const counts = { links: this.#links, folders: this.#folders, items: this.#items, trees: this.#trees };
    const found = { warnings: this.#tally.sentences(), mounts: this.#mounts.known(), unread: this.#unread };
    return { reply: 'end', root, ...counts, ...found };
  }

  #look({ relative, above, device, isNew }: Todo, root: RootIdentity): void {
    const { files, memory, share, walker } = this.#parts;
    // Read first: what is recorded while the folder is listed must not look as if it had gone.
    const kept = memory.folder(share.id, relative);
    const visit = walker.enter(relative, above);
    try {
      // What it holds was read by now: if another folder stands there, nothing of that is told.
      if (relative === '') this.#rootLike(root);
      if (this.#isAway(relative, visit.device, device)) return;
      // Of a folder that was never compared there is nothing that a glance could be held against.
      const glance = kept && visit.glance();
      const same = glance !== undefined && kept?.print === glance.print;
      const known = same ? [] : files.directory(share.id, relative);
      const found = same ? glance : this.#compare(relative, visit, known, { glance, kept });
      this.#folders += 1;
      this.#items += visit.size;
      this.#links += found.links;
      if (isNew && found.folders.length > 0) this.#trees = true;
      const before = same ? undefined : new Set(known.filter(isFolder).map(({ name }) => name));
      this.#goOn(relative, visit, found.folders, before);
    } finally {
      visit.close();
    }
  }

  #compare(
    relative: string,
    visit: Visit,
    known: readonly LocalEntry[],
    { glance, kept }: { readonly glance: Glance | undefined; readonly kept: FolderMemory | undefined },
  ): { readonly folders: readonly string[]; readonly links: number } {
    const { share, change, print } = this.#parts;
    const listing = visit.list();
    if (relative === '' && !listing.complete) {
      const why = listing.problems[0]?.detail ?? 'it went away';
      throw new PeerdexError('unavailable', `${share.path} cannot be read: ${why}`);
    }
    const isUnread = !listing.complete && listing.problems.length > 0;
    if (isUnread && this.#unread.length < MAX_UNREAD) this.#unread.push(relative);
    const difference = compareFolder(share.name, listing, known);
    this.#tally.add(difference.problems);
    const changes = this.#keepMounts(relative, difference);
    for (const one of changes) change(one);
    if ((glance || !kept) && isSettled(difference, known))
      print({ folder: relative, version: kept?.version, print: glance?.print ?? 0n });
    return { folders: difference.folders, links: listing.links };
  }

  /** `before`: the folders that were known in this one; undefined: all of them. */
  #goOn(
    relative: string,
    visit: Visit,
    folders: readonly string[],
    before: ReadonlySet<string> | undefined,
  ): void {
    const prefix = relative === '' ? '' : `${relative}/`;
    for (const name of folders.toReversed()) {
      const isNew = before !== undefined && !before.has(name);
      if (this.#request.only && !isNew) continue;
      this.#todo.push({ relative: prefix + name, above: visit.rules, device: visit.device, isNew });
    }
  }

  /** A drive that was mounted there is gone: what it holds stays listed. */
  #isAway(relative: string, device: bigint | undefined, above: bigint | undefined): boolean {
    if (device === undefined || above === undefined) return false;
    if (device !== above) this.#mounts.seen(relative);
    else if (this.#mounts.was(relative)) {
      this.#reportAway(relative);
      return true;
    }
    return false;
  }

  #keepMounts(relative: string, { changes }: FolderDifference): readonly ScanChange[] {
    if (this.#mounts.none) return changes;
    return changes.filter((change) => {
      if (change.change === 'seen' && change.kind === 'folder') return true;
      const lost = this.#mounts.atOrBelow(relative === '' ? change.name : `${relative}/${change.name}`);
      for (const folder of lost) this.#reportAway(folder);
      return lost.length === 0;
    });
  }

  #reportAway(folder: string): void {
    this.#mounts.seen(folder);
    const detail =
      'the drive that was mounted there is away, and what it holds stays listed; to drop that, share the folder again by `peerdex share`';
    this.#tally.add([{ kind: 'away', relative: folder, detail }]);
  }

  /** Folders that are known, without those that lie in another one of them, each with the rules that hold around it. */
  *#firstOf(only: readonly string[]): Generator<Todo> {
    const { files, share } = this.#parts;
    const isKnown = (folder: string) => {
      const cut = folder.lastIndexOf('/');
      const entry = files.get(share.id, folder.slice(0, Math.max(0, cut)), folder.slice(cut + 1));
      return entry?.kind === 'folder' && entry.state !== 'gone';
    };
    const wanted = new Set<string>();
    for (let folder of only) {
      while (folder !== '' && !isKnown(folder))
        folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
      wanted.add(folder);
    }
    for (const relative of wanted) {
      const todo = this.#wayTo(relative);
      if (todo) yield todo;
    }
  }

  /** Undefined where a whole pass would not come to it: without the rules around it, it would show what they hide. */
  #wayTo(relative: string): Todo | undefined {
    const { walker } = this.#parts;
    let todo: Todo = TOP;
    for (const name of relative === '' ? [] : relative.split('/')) {
      const visit = walker.enter(todo.relative, todo.above);
      visit.close();
      if (!visit.leadsTo(name)) return undefined;
      const below = todo.relative === '' ? name : `${todo.relative}/${name}`;
      todo = { relative: below, above: visit.rules, device: visit.device, isNew: false };
    }
    return todo;
  }

  /** What stands at the root; throws unless it is the folder that was there before. */
  #rootLike(before: RootIdentity | undefined): RootIdentity {
    const { path } = this.#parts.share;
    const root = rootAt(path);
    if (!before || sameRoot(before, root)) return root;
    throw new PeerdexError(
      'unavailable',
      `${path} is another folder than it was: what was shared stays listed until the old one is back; ` +
        'to share this one instead, unshare it and share it again',
    );
  }
}

/** A folder to look at. */
interface Todo {
  readonly relative: string;
  /** The rules that hold in the folder that it lies in, and that folder's device. */
  readonly above: IgnoreRules;
  readonly device: bigint | undefined;
  /** Nothing of it was known before this pass. */
  readonly isNew: boolean;
}

const TOP: Todo = { relative: '', above: IgnoreRules.NONE, device: undefined, isNew: false };

const isFolder = ({ kind }: LocalEntry): boolean => kind === 'folder';

/** Nothing to do about a folder, now or later, as long as it looks as it does. */
const isSettled = ({ changes, problems }: FolderDifference, known: readonly LocalEntry[]): boolean =>
  changes.length === 0 && problems.length === 0 && known.every(({ state }) => state === 'settled');
