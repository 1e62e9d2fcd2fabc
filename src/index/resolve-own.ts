import type { OwnedEntry } from '../core/entry.ts';
import { type Candidate, PeerdexError } from '../core/errors.ts';
import { isContentId, type PeerId } from '../core/ids.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import { matchesOf } from './match-paths.ts';
import { asShellReads, type NetworkView, type PeerView, timeOf, whatOf } from './network-view.ts';
import { resolveWhat } from './resolve-what.ts';

/**
 * The one file or folder of this peer that a WHAT names: as in `get`, without patterns, and a folder's name may lack its slash where
 * no file bears it. Throws `ambiguous`; `not-found`, which says who holds it when others do.
 */
export async function resolveOwn(
  store: EntryQueries,
  view: NetworkView,
  self: PeerId,
  what: string,
): Promise<OwnedEntry> {
  const peers = view.peers();
  const own = new Map([...peers].filter(([id]) => id === self));
  const mine = await matchesBy(store, view, own, what);
  const found = mine[0] ? mine : ownCopies(store, self, await matchesBy(store, view, peers, what));
  if (!found[0]) throw await heldElsewhere(store, view, what);
  const same = (entry: OwnedEntry) => entry.kind === 'file' && entry.content === found[0]!.content;
  if (found.length > 1 && !found.every(same)) throw ambiguous(what, own.get(self)!, found);
  return found[0];
}

/** Files that the WHAT names among the entries of `peers`, or else folders. */
async function matchesBy(
  store: EntryQueries,
  view: NetworkView,
  peers: ReadonlyMap<PeerId, PeerView>,
  what: string,
): Promise<readonly OwnedEntry[]> {
  const text = what.normalize('NFC');
  if (isContentId(text.toLowerCase())) {
    const held = store.byContent(text.toLowerCase(), peers, MAX_MATCHES);
    if (held.length > 0) return held;
  }
  const colon = text.indexOf(':');
  const peer = colon > 0 ? view.peer(text.slice(0, colon)) : undefined;
  if (peer && !peers.has(peer.id)) return [];
  const among = peer ? new Map([[peer.id, peer]]) : peers;
  const path = peer ? text.slice(colon + 1) : text;
  const names = path.replace(/\/$/, '').split('/');
  const files = path.endsWith('/')
    ? []
    : await matchesOf(store, among, { names, kind: 'file', whole: peer !== undefined });
  if (files.length > 0) return files;
  return matchesOf(store, among, { names, kind: 'folder', whole: peer !== undefined });
}

/** What another peer has under that name may lie here under another one. */
function ownCopies(store: EntryQueries, self: PeerId, others: readonly OwnedEntry[]): readonly OwnedEntry[] {
  const contents = new Set(others.flatMap(({ content }) => content ?? []));
  if (contents.size !== 1) return [];
  const [content] = contents;
  return store.byContent(content!, new Set([self]), MAX_MATCHES);
}

async function heldElsewhere(store: EntryQueries, view: NetworkView, what: string): Promise<unknown> {
  const peers = view.peers();
  const others = await matchesBy(store, view, peers, what);
  const owners = [...new Set(others.map(({ owner }) => owner))];
  // Nobody has it: what resolving throws says so, with names like it.
  if (owners.length === 0) return resolveWhat(store, view, what).then(onlyOne, (error: unknown) => error);
  const names = owners.slice(0, 5).map((owner) => peers.get(owner)!.name);
  const more = owners.length > names.length ? ` and ${owners.length - names.length} more` : '';
  const message = `${JSON.stringify(what)} is not on this peer; it is held by ${names.join(', ')}${more}`;
  const typed = whatOf(peers.get(owners[0]!)!, others[0]!.path);
  const get = `\`peerdex get ${asShellReads(others[0]!.kind === 'folder' ? `${typed}/` : typed)}\``;
  return new PeerdexError('not-found', message, { hint: `fetch it first, then link it: ${get}` });
}

/** A pattern or several names between commas. */
const onlyOne = (): PeerdexError =>
  new PeerdexError('usage', 'a link is for one file or one folder', { hint: 'make a link for each' });

function ambiguous(what: string, self: PeerView, entries: readonly OwnedEntry[]): PeerdexError {
  const kind = entries[0]!.kind;
  const candidates = entries.slice(0, MAX_CANDIDATES).map(
    ({ path, size, mtime }): Candidate => ({
      what: whatOf(self, kind === 'folder' ? `${path}/` : path),
      note: kind === 'folder' ? 'folder' : `${size} bytes, modified ${timeOf(mtime)}`,
    }),
  );
  return new PeerdexError('ambiguous', `${JSON.stringify(what)} fits different ${kind}s of this peer`, {
    hint: 'name one of them',
    candidates,
  });
}

const MAX_MATCHES = 10_000;
const MAX_CANDIDATES = 100;
