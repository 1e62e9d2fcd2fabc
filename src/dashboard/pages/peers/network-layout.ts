import type { PeerRow } from '../../../protocol/http/local/answers.ts';
import type { PeerTraffic } from '../../../protocol/http/local/live-event.ts';
import { type PeerState, rateOf, stateOf, type Traffic } from './peer-states.ts';

export interface NetworkNode {
  readonly peer: PeerRow;
  readonly traffic: PeerTraffic | undefined;
  readonly state: PeerState;
  readonly x: number;
  readonly y: number;
  /** Of its dot, pixels: by how much it shares. */
  readonly radius: number;
  /** Beside which side of the dot its name stands; undefined where there is no room for it. */
  readonly label: 'start' | 'middle' | 'end' | undefined;
}

export interface NetworkLayout {
  readonly center: { readonly x: number; readonly y: number };
  readonly nodes: readonly NetworkNode[];
  /** Other peers than this one, drawn or not. */
  readonly others: number;
}

/** More than these cannot be told apart; the busiest are drawn, then those that share most. */
export const MOST_NODES = 200;
const MOST_LABELS = 18;
/** Pixels from the edge, where names may stand, and between the dots of a ring. */
const EDGE = { x: 64, y: 34 };
const APART = 15;
/** How far out the ring of those that give or get is, of the outermost one. */
const BUSY_RING = 0.52;

/**
 * This peer in the middle; around it a ring of those with which bytes are exchanged now, and outside those at rest, in as many rings as
 * they need. Within a ring they go round by name, so that places change only when somebody begins, ends, comes or goes.
 */
export function networkLayout(
  peers: Iterable<PeerRow>,
  traffic: Traffic,
  { width, height }: { readonly width: number; readonly height: number },
): NetworkLayout {
  const others = [...peers].filter(({ self }) => !self);
  const center = { x: width / 2, y: height / 2 };
  const drawn = mostTelling(others, traffic);
  const isBusy = ({ id }: PeerRow) => rateOf(traffic.get(id)) > 0;
  const busy = drawn.filter(isBusy);
  const labelled = new Set(
    (drawn.length <= MOST_LABELS ? drawn : busy.slice(0, MOST_LABELS)).map(({ id }) => id),
  );
  const outer = { x: Math.max(60, center.x - EDGE.x), y: Math.max(60, center.y - EDGE.y) };
  const place = (ring: readonly PeerRow[], share: number): NetworkNode[] =>
    ring.map((peer, i) => {
      // From the top, and half a step on, so that no two rings have their dots in line with the middle.
      const angle = ((i + 0.5) / ring.length) * 2 * Math.PI - Math.PI / 2;
      const [x, y] = [Math.cos(angle), Math.sin(angle)];
      return {
        peer,
        traffic: traffic.get(peer.id),
        state: stateOf(peer, traffic.get(peer.id)),
        x: center.x + x * outer.x * share,
        y: center.y + y * outer.y * share,
        radius: 4 + Math.min(6, 1.2 * Math.log10(1 + peer.bytes / 1e6)),
        label: labelled.has(peer.id) ? sideOf(x) : undefined,
      };
    });
  const nodes = place(byName(busy), BUSY_RING);
  let rest = byName(drawn.filter((peer) => !isBusy(peer)));
  for (let share = 1; rest.length > 0; share -= APART / Math.min(outer.x, outer.y)) {
    const room = Math.max(8, Math.floor((share * perimeter(outer)) / APART));
    nodes.push(...place(rest.slice(0, room), share));
    rest = rest.slice(room);
  }
  return { center, nodes, others: others.length };
}

/** The busiest first, then those that share most. */
function mostTelling(peers: readonly PeerRow[], traffic: Traffic): PeerRow[] {
  return peers
    .map((peer) => ({ peer, rate: rateOf(traffic.get(peer.id)) }))
    .sort((a, b) => b.rate - a.rate || b.peer.bytes - a.peer.bytes)
    .slice(0, MOST_NODES)
    .map(({ peer }) => peer);
}

const byName = (peers: readonly PeerRow[]): PeerRow[] => peers.toSorted((a, b) => (a.name < b.name ? -1 : 1));

function sideOf(x: number): 'start' | 'middle' | 'end' {
  if (Math.abs(x) < 0.35) return 'middle';
  return x > 0 ? 'start' : 'end';
}

/** Of an ellipse, after Ramanujan. */
function perimeter({ x, y }: { readonly x: number; readonly y: number }): number {
  return Math.PI * (3 * (x + y) - Math.sqrt((3 * x + y) * (x + 3 * y)));
}
