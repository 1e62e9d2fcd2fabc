import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import { baseName } from '../core/index-path.ts';
import { wordsOf } from './find.ts';
import type { Finder } from './finder.ts';
import { type NetworkView, type PeerView, whatOf } from './network-view.ts';

export interface NothingOptions {
  readonly view: NetworkView;
  /** Whose entries count. */
  readonly peers: ReadonlyMap<PeerId, PeerView>;
  readonly finder: Finder;
  /** Whether something bears this name. */
  readonly isKnown: (what: string) => Promise<boolean>;
}

/** Why nothing bears the name, and what to do: `usage` for a pattern that is not understood, else `not-found`. */
export async function whyNothing(what: string, options: NothingOptions): Promise<PeerdexError> {
  const { view, isKnown } = options;
  const text = what.normalize('NFC');
  const misread = notUnderstood(what, text);
  if (misread) return misread;
  const message = `nothing is called ${JSON.stringify(what)}`;
  const colon = text.indexOf(':');
  const before = text.slice(0, colon);
  if (colon > 0 && !view.peer(before) && view.isInactive(before)) {
    return new PeerdexError('not-found', `peer ${JSON.stringify(before)} is not active`, {
      hint: 'its files can be fetched when it is back',
    });
  }
  if (!text.endsWith('/') && (await isKnown(`${text}/`)))
    return new PeerdexError('not-found', message, { hint: `it is a folder: write ${what}/` });
  const names = await namesLike(text.slice(colon + 1), options);
  const hint =
    names.length === 0
      ? '`peerdex find WORDS` searches all names, `peerdex ls` lists peers and folders'
      : `names like it: ${names.join(' · ')}`;
  return new PeerdexError('not-found', message, { hint });
}

function notUnderstood(what: string, text: string): PeerdexError | undefined {
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
  return undefined;
}

/** WHATs whose names have the words of the path's last one. */
async function namesLike(path: string, { peers, finder }: NothingOptions): Promise<string[]> {
  const name = baseName(path.replace(/\/$/, '')).replace(/\.[^.]*$/, '');
  const parts = wordsOf(name.replaceAll(/[^\p{L}\p{N}]+/gu, ' '));
  const owners = new Set(peers.keys());
  const { results } = await finder({ parts, owners, holders: owners, limit: 3 });
  return results.flatMap(({ best, holders }) => {
    // Each holder has the content under a path of its own.
    const [owner, path] = [...holders].find((place) => place[1] === best.path) ?? [...holders][0]!;
    const peer = peers.get(owner);
    return peer ? [whatOf(peer, path)] : [];
  });
}
