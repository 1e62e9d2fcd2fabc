import { mapShared } from '../core/ask-once.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import { foldName } from '../core/index-path.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import type { FileFilter } from '../core/ports/name-search.ts';
import type { Wanted } from '../core/wanted.ts';
import { type FindQuery, holdersOf, wordsOf } from './find.ts';
import { type Finder, scanHere } from './finder.ts';
import { type Listed, type ListedPart, ls, lsPart } from './ls.ts';
import { NetworkView, type PeerView, type ViewOptions } from './network-view.ts';
import { resolveWhat, splitWhat, type WhatOptions } from './resolve-what.ts';

export interface FoundHolder {
  readonly peer: PeerId;
  readonly name: string;
  readonly address: string;
  readonly path: string;
  readonly self: boolean;
}

/** One content that bears a name with every word. */
export interface Found {
  /** The best match among its paths. */
  readonly path: string;
  readonly size: number;
  readonly content: ContentId;
  /** ISO 8601, UTC. */
  readonly modified: string;
  readonly holders: readonly FoundHolder[];
}

export interface FindResult {
  readonly results: readonly Found[];
  /** Contents that fit. */
  readonly total: number;
  /** True where counting stopped. */
  readonly more: boolean;
}

export interface FindOptions extends FileFilter {
  /** Most results; 100 unless told. */
  readonly limit?: number | undefined;
  /** Results to leave out, the best ones. */
  readonly offset?: number | undefined;
  /** Names or ids of peers: only their files. */
  readonly peers?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What people ask of the index. Files of peers that are not active are not found; own ones are. */
export class IndexQueries {
  readonly #store: EntryQueries;
  readonly #view: NetworkView;
  readonly #finder: Finder;

  /** `finder`: by default searches look at every entry, on this thread. */
  constructor(options: ViewOptions & { readonly finder?: Finder }) {
    this.#store = options.store;
    this.#view = new NetworkView(options);
    this.#finder = options.finder ?? scanHere(options.store);
  }

  /** Files whose name has every word, one result a content. Throws `not-found` or `ambiguous` for a peer that is none. */
  async find(words: string, options: FindOptions = {}): Promise<FindResult> {
    const { limit = 100, offset, peers: only, signal, extensions, ...filter } = options;
    const peers = this.#view.peers();
    const holders = this.#view.ids();
    const query: FindQuery = {
      ...filter,
      extensions: extensions?.map((extension) => foldName(extension).replace(/^\./, '')),
      parts: wordsOf(words),
      owners: only ? new Set(only.map((peer) => this.#view.mustBePeer(peer).id)) : holders,
      holders,
      limit,
      offset,
    };
    const { results, total, more } = await this.#finder(query, signal);
    const found = results.map(({ best, holders: having }) => ({
      path: best.path,
      size: best.size,
      content: best.content,
      modified: new Date(best.modified).toISOString(),
      holders: [...having].flatMap(([peer, path]) => holderOf(peers.get(peer), path)),
    }));
    return { results: found, total, more };
  }

  /** See `ls` for what it throws. */
  ls(where?: string): Promise<Listed[]> {
    return ls(this.#store, this.#view, where);
  }

  /** A page of the same. */
  lsPart(where: string | undefined, limit: number, from?: string): Promise<ListedPart> {
    return lsPart(this.#store, this.#view, where, limit, from);
  }

  /** What one argument of `get` means; see resolveWhat. */
  resolveWhat(what: string, options?: WhatOptions): Promise<Wanted[]> {
    return resolveWhat(this.#store, this.#view, what, options, this.#finder);
  }

  /** The WHATs in one argument, so that each can succeed or fail by itself; see splitWhat. */
  splitWhat(what: string, options?: WhatOptions): Promise<string[]> {
    return splitWhat(this.#store, this.#view, what, options);
  }

  /** Active peers, this one among them, that list the content, each with one path. */
  holders(content: ContentId): readonly { readonly peer: PeerId; readonly path: string }[] {
    const holders = holdersOf(this.#store, this.#view.peers(), content);
    return [...holders].map(([peer, path]) => ({ peer, path }));
  }

  /** Active peers that list each of these contents, in their order. */
  holdersOfEach(contents: readonly ContentId[]): readonly (readonly PeerId[])[] {
    const peers = this.#view.peers();
    const owners = this.#store.ownersOfEach(contents);
    return mapShared(owners, (each) => each.filter((owner) => peers.has(owner)));
  }
}

function holderOf(peer: PeerView | undefined, path: string): FoundHolder[] {
  if (!peer) return [];
  const { id, name, address, self } = peer;
  return [{ peer: id, name, address, path, self }];
}
