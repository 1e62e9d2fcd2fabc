import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { LinkStore, StoredLink } from '../../core/ports/link-store.ts';
import type { Verifier } from '../../core/ports/signing.ts';
import {
  idInToken,
  isTokenOf,
  LINK_ID_BYTES,
  type LinkId,
  type LinkStanding,
  linkByPrefix,
  linkStanding,
  linkToken,
} from '../../core/trust/share-link.ts';

/** How long a link that ended or was withdrawn stays in the list, and is told from one that never was. */
const REMEMBERED_MS = 30 * 24 * 3600 * 1000;

export interface ShareLinksOptions {
  readonly store: LinkStore;
  /** 32 bytes that only this peer has. */
  readonly key: Uint8Array;
  readonly verifier: Pick<Verifier, 'hmac'>;
  readonly clock: Clock;
}

/** The links of this peer: makes them, knows them again, withdraws them. */
export class ShareLinks {
  readonly #options: ShareLinksOptions;
  /** Of links by which something was fetched. */
  readonly #withdrawals = new Map<LinkId, AbortController>();

  constructor(options: ShareLinksOptions) {
    this.#options = options;
  }

  /** Makes a link that ends after `seconds`. */
  make(place: Pick<StoredLink, 'kind' | 'what' | 'path' | 'size'>, seconds: number): StoredLink {
    const { store, clock } = this.#options;
    const created = clock.now();
    store.prune(created - REMEMBERED_MS);
    for (const known of this.#withdrawals.keys()) if (!store.get(known)) this.#withdrawals.delete(known);
    const { kind, what, path, size } = place;
    const id = randomBytes(LINK_ID_BYTES).toString('hex');
    const expires = created + Math.ceil(seconds * 1000);
    const link = { id, kind, what, path, size, created, expires, used: 0 };
    store.add(link);
    return link;
  }

  /** Oldest first; also those that ended within 30 days. */
  all(): readonly StoredLink[] {
    return this.#options.store.all();
  }

  tokenOf(link: StoredLink): string {
    return linkToken(link, this.#options.key, this.#options.verifier);
  }

  /** The link that this token is for, whether it still counts or not; undefined for a token that this peer did not make. */
  find(token: string): StoredLink | undefined {
    const { store, key, verifier } = this.#options;
    const id = idInToken(token);
    const link = id === undefined ? undefined : store.get(id);
    return link && isTokenOf(token, link, key, verifier) ? link : undefined;
  }

  standing(link: StoredLink): LinkStanding {
    return linkStanding(link, this.#options.clock.now());
  }

  /** Aborts when the link is withdrawn. */
  withdrawal(id: LinkId): AbortSignal {
    const controller = this.#withdrawals.get(id) ?? new AbortController();
    this.#withdrawals.set(id, controller);
    return controller.signal;
  }

  countUse(id: LinkId): void {
    this.#options.store.countUse(id);
  }

  /** Withdraws the link whose id begins so; what is under way by it ends at once. Throws `not-found`, `ambiguous`. */
  revoke(prefix: string): StoredLink {
    const { store, clock } = this.#options;
    const { id } = linkByPrefix(store.all(), prefix);
    store.revoke(id, clock.now());
    this.#withdrawals.get(id)?.abort(new Error('the link was withdrawn'));
    this.#withdrawals.delete(id);
    return store.get(id)!;
  }
}
