import { type Candidate, PeerdexError } from '../core/errors.ts';
import { isPeerId, type PeerId } from '../core/ids.ts';

export interface NamedPeer {
  readonly id: PeerId;
  readonly name: string;
}

const LEAST_PREFIX = 6;
const MOST_CANDIDATES = 10;

/**
 * Which of these peers is meant by an id, a name, or the first 6 or more digits of an id, in this order. Throws `ambiguous` and
 * `not-found`, both with candidates.
 */
export function findPeer<Peer extends NamedPeer>(what: string, peers: readonly Peer[]): Peer {
  const name = what.normalize('NFC');
  const prefix = what.toLowerCase();
  const isPrefix = prefix.length >= LEAST_PREFIX && /^[0-9a-f]+$/.test(prefix);
  const ways: readonly ((peer: Peer) => boolean)[] = [
    ({ id }) => id === prefix,
    (peer) => peer.name === name,
    ({ id }) => isPrefix && id.startsWith(prefix),
  ];
  for (const way of ways) {
    const found = peers.filter(way);
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      throw new PeerdexError('ambiguous', `${JSON.stringify(what.slice(0, 80))} fits several peers`, {
        candidates: candidates(found),
      });
    }
  }
  const alike = peers.filter((peer) => peer.name.toLowerCase().includes(name.toLowerCase()));
  throw new PeerdexError('not-found', `no peer is known as ${JSON.stringify(what.slice(0, 80))}`, {
    candidates: candidates(alike.length > 0 ? alike : peers),
    hint: '`peerdex registry peers` lists them; an id may be cut to its first 6 digits',
  });
}

const candidates = (peers: readonly NamedPeer[]): readonly Candidate[] =>
  peers
    .slice(0, MOST_CANDIDATES)
    .map(({ id, name }) => (isPeerId(name) ? { what: id } : { what: id, note: name }));
