import type { OwnedEntry } from '../core/entry.ts';
import { PeerdexError } from '../core/errors.ts';
import { isContentId, type PeerId } from '../core/ids.ts';
import { baseName } from '../core/index-path.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import type { Wanted } from '../core/wanted.ts';
import { filesAtAnyDepth } from './files-at-any-depth.ts';
import { type Finder, scanHere } from './finder.ts';
import { sameTrees, treeOf } from './folder-tree.ts';
import { matchesOf, readPattern } from './match-paths.ts';
import type { NetworkView, PeerView } from './network-view.ts';
import { ambiguous, type Scope, wantedFile, wantedFiles, wantedTree } from './wanted-files.ts';
import { whyNothing } from './why-nothing.ts';

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
    if (!wanted) throw await resolver.whyNothing(part, finder);
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
  readonly #scope: Scope;

  constructor(
    store: EntryQueries,
    view: NetworkView,
    { from, others = false, origins = false }: WhatOptions,
  ) {
    this.#store = store;
    this.#view = view;
    const peer = from === undefined ? undefined : view.mustBePeer(from);
    const all = peer ? new Map([[peer.id, peer]]) : view.peers();
    const peers = others ? new Map([...all].filter(([, { self }]) => !self)) : all;
    this.#scope = { peers, origins };
  }

  /** Undefined when nothing bears the name. */
  async one(what: string): Promise<Wanted[] | undefined> {
    const { peers } = this.#scope;
    const text = what.normalize('NFC');
    if (isContentId(text.toLowerCase())) {
      const held = this.#store.byContent(text.toLowerCase(), peers, MAX_MATCHES);
      if (held.length > 0) return [wantedFile(what, held, this.#scope)];
    }
    const colon = text.indexOf(':');
    const peer = colon > 0 ? this.#view.peer(text.slice(0, colon)) : undefined;
    if (!peer) return this.#named(what, text, peers, false);
    if (!peers.has(peer.id)) return undefined;
    return this.#named(what, text.slice(colon + 1), new Map([[peer.id, peer]]), true);
  }

  whyNothing(what: string, finder: Finder): Promise<PeerdexError> {
    const isKnown = async (name: string) => (await this.one(name).catch(() => [])) !== undefined;
    return whyNothing(what, { view: this.#view, peers: this.#scope.peers, finder, isKnown });
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
      return [kind === 'file' ? wantedFile(what, literal, this.#scope) : await this.#folder(what, literal)];
    }
    if (kind === 'file' && names.includes('**')) {
      // Files at any depth keep the tree below the last plain name before the first wildcard.
      const found = await filesAtAnyDepth(this.#store, peers, { names, whole });
      return found.length === 0 ? undefined : [wantedTree(what, found, this.#scope)];
    }
    const pattern = readPattern(names);
    if (!pattern) return undefined;
    const matches = await matchesOf(this.#store, peers, { names, kind, whole, pattern });
    if (matches.length === 0) return undefined;
    return kind === 'file' ? [wantedFiles(what, matches, this.#scope)] : this.#folders(what, matches);
  }

  async #folder(what: string, matches: readonly OwnedEntry[]): Promise<Wanted> {
    const [first, ...others] = matches;
    const items = await treeOf(this.#store, first!, this.#scope.origins);
    let compared = 0;
    for (const other of others) {
      if (compared > MAX_COMPARED) throw ambiguous(what, 'too many folders to compare', matches, this.#scope);
      const tree = await treeOf(this.#store, other);
      if (!sameTrees(items, tree)) throw ambiguous(what, 'different folders', matches, this.#scope);
      compared += tree.length;
    }
    return { what, kind: 'tree', items };
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
}

const MAX_MATCHES = 10_000;
/** Files and folders in all folders of one name that are compared: some seconds. */
const MAX_COMPARED = 1_000_000;
