import type { OwnedEntry } from '../core/entry.ts';
import { type Candidate, PeerdexError } from '../core/errors.ts';
import { isContentId, type PeerId } from '../core/ids.ts';
import { baseName } from '../core/index-path.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import type { Wanted, WantedClash, WantedItem } from '../core/wanted.ts';
import { filesAtAnyDepth } from './files-at-any-depth.ts';
import { wordsOf } from './find.ts';
import { type Finder, scanHere } from './finder.ts';
import { type FolderTree, sameTrees, treeOf } from './folder-tree.ts';
import { likelySize } from './likely-size.ts';
import { matchesOf, readPattern } from './match-paths.ts';
import { type NetworkView, type PeerView, timeOf, whatOf } from './network-view.ts';

export interface WhatOptions {
  /** A peer's name or id: only its entries count. */
  readonly from?: string | undefined;
  /** Only entries of others than this peer count. */
  readonly others?: boolean | undefined;
  /** Items say whose entries they are. */
  readonly origins?: boolean | undefined;
}

/**
 * What one argument of `get` means, by the rules of cli.md: one WHAT, or several between commas when no entry bears the whole.
 * Throws `not-found`, `ambiguous` with what it could mean, `usage` for a pattern that is not understood.
 */
export async function resolveWhat(
  store: EntryQueries,
  view: NetworkView,
  what: string,
  options: WhatOptions = {},
  finder: Finder = scanHere(store),
): Promise<Wanted[]> {
  const resolver = new Resolver(store, view, options);
  const whole = await resolver.one(what);
  if (whole) return whole;
  const parts = partsOf(what);
  const found: Wanted[] = [];
  for (const part of parts) {
    const wanted = parts.length === 1 && part === what ? undefined : await resolver.one(part);
    if (!wanted) throw await resolver.nothing(part, finder);
    found.push(...wanted);
  }
  return found;
}

/** As resolveWhat, of one WHAT that is not split; undefined when nothing bears the name. */
export const namedBy = (
  store: EntryQueries,
  view: NetworkView,
  what: string,
  options: WhatOptions,
): Promise<Wanted[] | undefined> => new Resolver(store, view, options).one(what);

/** The WHATs in one argument: itself when an entry bears it whole, else what stands between commas. */
export async function splitWhat(
  store: EntryQueries,
  view: NetworkView,
  what: string,
  options: WhatOptions = {},
): Promise<string[]> {
  if (!what.includes(',')) return [what];
  try {
    const whole = await new Resolver(store, view, options).one(what);
    return whole ? [what] : partsOf(what);
  } catch (error) {
    if (error instanceof PeerdexError && error.code === 'ambiguous') return [what];
    throw error;
  }
}

function partsOf(what: string): string[] {
  const parts = what
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.length === 0 ? [what] : parts;
}

class Resolver {
  readonly #store: EntryQueries;
  readonly #view: NetworkView;
  readonly #peers: ReadonlyMap<PeerId, PeerView>;
  readonly #origins: boolean;

  constructor(
    store: EntryQueries,
    view: NetworkView,
    { from, others = false, origins = false }: WhatOptions,
  ) {
    this.#origins = origins;
    this.#store = store;
    this.#view = view;
    const peer = from === undefined ? undefined : view.mustBePeer(from);
    const peers = peer ? new Map([[peer.id, peer]]) : view.peers();
    this.#peers = others ? new Map([...peers].filter(([, { self }]) => !self)) : peers;
  }

  /** Undefined when nothing bears the name. */
  async one(what: string): Promise<Wanted[] | undefined> {
    const text = what.normalize('NFC');
    if (isContentId(text.toLowerCase())) {
      const held = this.#store
        .byContent(text.toLowerCase(), MAX_MATCHES)
        .filter((entry) => this.#peers.has(entry.owner));
      if (held.length > 0) return [this.#one(what, held)];
    }
    const colon = text.indexOf(':');
    const peer = colon > 0 ? this.#view.peer(text.slice(0, colon)) : undefined;
    if (!peer) return this.#named(what, text, this.#peers, false);
    if (!this.#peers.has(peer.id)) return undefined;
    return this.#named(what, text.slice(colon + 1), new Map([[peer.id, peer]]), true);
  }

  /** Why nothing bears it, and what to do. */
  async nothing(what: string, finder: Finder): Promise<PeerdexError> {
    const text = what.normalize('NFC');
    const isDeep = text.split(/[:/]/).includes('**');
    if (isDeep && text.endsWith('/')) {
      return new PeerdexError('usage', `${JSON.stringify(what)}: a pattern with ** names files`, {
        hint: 'a folder with everything below it is PEER:PATH/',
      });
    }
    if (!isDeep && text.split('*').length > 2) {
      return new PeerdexError('usage', `${JSON.stringify(what)} has more than one *`, {
        hint: 'a pattern takes one *, which stands for any part of one name; with ** for any folders it takes more',
      });
    }
    const message = `nothing is called ${JSON.stringify(what)}`;
    const colon = text.indexOf(':');
    const before = text.slice(0, colon);
    if (colon > 0 && !this.#view.peer(before) && this.#view.isInactive(before)) {
      return new PeerdexError('not-found', `peer ${JSON.stringify(before)} is not active`, {
        hint: 'its files can be fetched when it is back',
      });
    }
    const folder = text.endsWith('/') ? undefined : await this.one(`${text}/`).catch(() => []);
    if (folder) return new PeerdexError('not-found', message, { hint: `it is a folder: write ${what}/` });
    const name = baseName(text.slice(colon + 1).replace(/\/$/, '')).replace(/\.[^.]*$/, '');
    const parts = wordsOf(name.replaceAll(/[^\p{L}\p{N}]+/gu, ' '));
    const owners = new Set(this.#peers.keys());
    const { results } = await finder({ parts, owners, holders: owners, limit: 3 });
    const names = results.flatMap(({ best, holders }) => {
      const peer = this.#peers.get([...holders.keys()][0]!);
      return peer ? [whatOf(peer, best.path)] : [];
    });
    const hint =
      names.length === 0
        ? 'peerdex find WORDS searches all names, peerdex ls lists peers and folders'
        : `names like it: ${names.join(' · ')}`;
    return new PeerdexError('not-found', message, { hint });
  }

  /** `whole`: `path` is all of an index path, else a tail of one. */
  async #named(
    what: string,
    path: string,
    peers: ReadonlyMap<PeerId, PeerView>,
    whole: boolean,
  ): Promise<Wanted[] | undefined> {
    const kind = path.endsWith('/') ? 'folder' : 'file';
    const names = path.replace(/\/$/, '').split('/');
    const literal = await matchesOf(this.#store, peers, { names, kind, whole });
    if (literal.length > 0) {
      return [kind === 'file' ? this.#file(what, literal) : await this.#folder(what, literal)];
    }
    if (kind === 'file' && names.includes('**')) return this.#pattern(what, names, peers, whole);
    const pattern = readPattern(names);
    if (!pattern) return undefined;
    const matches = await matchesOf(this.#store, peers, { names, kind, whole, pattern });
    if (matches.length === 0) return undefined;
    return kind === 'file' ? [this.#files(what, matches)] : this.#folders(what, matches);
  }

  /** Files at any depth keep the tree below the last plain name before the first wildcard. */
  async #pattern(
    what: string,
    names: readonly string[],
    peers: ReadonlyMap<PeerId, PeerView>,
    whole: boolean,
  ): Promise<Wanted[] | undefined> {
    const found = await filesAtAnyDepth(this.#store, peers, { names, whole });
    if (found.length === 0) return undefined;
    const items: WantedItem[] = [];
    const clashes: WantedClash[] = [];
    for (const [relative, same] of Map.groupBy(found, (one) => one.relative)) {
      const contents = [...new Map(same.map(({ entry }) => [entry.content, entry])).values()];
      if (contents.length > 1)
        clashes.push({ name: relative, error: this.#ambiguous(relative, 'different files', contents) });
      else
        items.push({
          ...this.#item(
            contents[0]!,
            same.map(({ entry }) => entry),
          ),
          relative,
        });
    }
    return [{ what, kind: 'tree', items, clashes }];
  }

  #file(what: string, matches: readonly OwnedEntry[]): Wanted {
    const contents = new Map(matches.map((entry) => [entry.content, entry]));
    if (contents.size > 1) throw this.#ambiguous(what, 'different files', [...contents.values()]);
    return this.#one(what, matches);
  }

  /** Each match under its own name; a name that different contents bear is for the caller to settle, and stops no other. */
  #files(what: string, matches: readonly OwnedEntry[]): Wanted {
    const places = Map.groupBy(matches, ({ content }) => content);
    const items: WantedItem[] = [];
    const clashes: WantedClash[] = [];
    for (const [name, same] of Map.groupBy(matches, ({ path }) => baseName(path))) {
      const contents = [...new Map(same.map((entry) => [entry.content, entry])).values()];
      if (contents.length === 1) items.push(this.#item(same[0]!, places.get(same[0]!.content)!));
      else clashes.push({ name, error: this.#ambiguous(name, 'different files', contents) });
    }
    return { what, kind: 'files', items, clashes };
  }

  async #folder(what: string, matches: readonly OwnedEntry[]): Promise<Wanted> {
    if (matches.length > MAX_TREES) throw this.#ambiguous(what, 'different folders', matches);
    const trees: FolderTree[] = [];
    for (const entry of matches) {
      const tree = await treeOf(this.#store, entry, this.#origins);
      if (trees.length === 0) trees.push(tree);
      else if (!sameTrees(trees[0]!, tree)) throw this.#ambiguous(what, 'different folders', matches);
    }
    return { what, kind: 'tree', items: trees[0]!.items };
  }

  async #folders(what: string, matches: readonly OwnedEntry[]): Promise<Wanted[]> {
    const byName = Map.groupBy(matches, ({ path }) => baseName(path));
    const found: Wanted[] = [];
    for (const [name, some] of byName) {
      try {
        found.push(await this.#folder(what, some));
      } catch (error) {
        if (!(error instanceof PeerdexError) || error.code !== 'ambiguous') throw error;
        found.push({ what, kind: 'tree', items: [], clashes: [{ name: `${name}/`, error }] });
      }
    }
    return found;
  }

  #ambiguous(what: string, which: string, entries: readonly OwnedEntry[]): PeerdexError {
    const owners = new Set(entries.map(({ owner }) => owner));
    const candidates = entries.slice(0, MAX_CANDIDATES).map((entry): Candidate => {
      const path = entry.kind === 'folder' ? `${entry.path}/` : entry.path;
      const note =
        entry.kind === 'folder' ? 'folder' : `${entry.size} bytes, modified ${timeOf(entry.mtime)}`;
      return { what: whatOf(this.#peers.get(entry.owner)!, path), note };
    });
    return new PeerdexError('ambiguous', `${JSON.stringify(what)} fits ${which}`, {
      hint: owners.size > 1 ? 'name one of them, or one peer with --from' : 'name one of them',
      candidates,
    });
  }

  /** One content under the name that most of its places give it. */
  #one(what: string, matches: readonly OwnedEntry[]): Wanted {
    const byName = Map.groupBy(matches, ({ path }) => baseName(path));
    const [most] = [...byName.values()].sort((a, b) => b.length - a.length);
    return { what, kind: 'file', items: [this.#item(most![0]!, matches)] };
  }

  /** `places`: every match with this content. */
  #item({ path, content, mtime, executable, owner }: OwnedEntry, places: readonly OwnedEntry[]): WantedItem {
    return {
      relative: baseName(path),
      kind: 'file',
      size: likelySize(places),
      content,
      mtime,
      executable,
      ...(this.#origins ? { origin: { owner, path } } : {}),
    };
  }
}

const MAX_MATCHES = 10_000;
const MAX_CANDIDATES = 100;
/** Folders of one name that are compared. */
const MAX_TREES = 20;
