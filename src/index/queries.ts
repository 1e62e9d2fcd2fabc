import type { ContentId, PeerId } from '../core/ids.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import type { Wanted } from '../core/wanted.ts';
import { type FindResult, find, holdersOf } from './find.ts';
import { type Listed, ls } from './ls.ts';
import { NetworkView, type ViewOptions } from './network-view.ts';
import { resolveWhat, splitWhat, type WhatOptions } from './resolve-what.ts';

/** What people ask of the index. Files of peers that are not active are not found; own ones are. */
export class IndexQueries {
  readonly #store: EntryQueries;
  readonly #view: NetworkView;

  constructor(options: ViewOptions) {
    this.#store = options.store;
    this.#view = new NetworkView(options);
  }

  /** Files whose name has every word, one result a content. */
  find(words: string, limit = 100): Promise<FindResult> {
    return find(this.#store, this.#view.peers(), words, limit);
  }

  /** See `ls` for what it throws. */
  ls(where?: string): Promise<Listed[]> {
    return ls(this.#store, this.#view, where);
  }

  /** What one argument of `get` means; see resolveWhat. */
  resolveWhat(what: string, options?: WhatOptions): Promise<Wanted[]> {
    return resolveWhat(this.#store, this.#view, what, options);
  }

  /** The WHATs in one argument, so that each can succeed or fail by itself; see splitWhat. */
  splitWhat(what: string, options?: WhatOptions): Promise<string[]> {
    return splitWhat(this.#store, this.#view, what, options);
  }

  /** Active peers, this one among them, that list the content, each with one path. */
  holders(content: ContentId): readonly { readonly peer: PeerId; readonly path: string }[] {
    return holdersOf(this.#store, this.#view.peers(), content).map(({ peer, path }) => ({ peer, path }));
  }

  /** Active peers that list each of these contents, in their order. */
  holdersOfEach(contents: readonly ContentId[]): readonly (readonly PeerId[])[] {
    const peers = this.#view.peers();
    return contents.map((content) => this.#store.ownersOf(content).filter((owner) => peers.has(owner)));
  }
}
