import type { PeerRow } from '../../../protocol/http/local/index-rows.ts';
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

interface Radii {
  readonly x: number;
  readonly y: number;
}

/** More than these cannot be told apart; the busiest are drawn, then those that share most. */
export const MOST_NODES = 200;
const MOST_LABELS = 18;
/** Pixels from the edge, where names may stand, and between the dots of a ring. */
const EDGE = { x: 24, y: 34 };
const APART = 15;
const RINGS_APART = 20;
const MOST_RINGS = 5;
/** Pieces that an ellipse is measured in. */
const STEPS = 720;
/** A picture that has no room beside its dots has names below them. */
const NARROW_PX = 640;
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
  const isNarrow = width < NARROW_PX;
  const place = (ring: readonly PeerRow[], share: number): NetworkNode[] => {
    const spots = spotsOn({ x: outer.x * share, y: outer.y * share }, ring.length);
    return ring.map((peer, i) => {
      const { x, y } = spots[i]!;
      return {
        peer,
        traffic: traffic.get(peer.id),
        state: stateOf(peer, traffic.get(peer.id)),
        x: center.x + x,
        y: center.y + y,
        radius: 4 + Math.min(6, 1.2 * Math.log10(1 + peer.bytes / 1e6)),
        label: labelled.has(peer.id) ? sideOf(isNarrow ? 0 : x / outer.x / share) : undefined,
      };
    });
  };
  const nodes = place(byName(busy), BUSY_RING);
  let rest = byName(drawn.filter((peer) => !isBusy(peer)));
  const shares = ringsFor(rest.length, outer);
  const room = shares.reduce((sum, share) => sum + share, 0);
  const all = rest.length;
  for (const [i, share] of shares.entries()) {
    const count = i === shares.length - 1 ? rest.length : Math.round((all * share) / room);
    nodes.push(...place(rest.slice(0, count), share));
    rest = rest.slice(count);
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

/** How far out each ring for so many dots is: as few as have room for them. */
function ringsFor(count: number, outer: Radii): number[] {
  const shares: number[] = [];
  for (let room = 0; room < count && shares.length < MOST_RINGS; ) {
    const share = 1 - (shares.length * RINGS_APART) / Math.min(outer.x, outer.y);
    shares.push(share);
    room += (share * perimeter(outer)) / APART;
  }
  return shares;
}

/** So many places round an ellipse, as far from each other along it, beginning half a step from the top. */
function spotsOn({ x, y }: Radii, count: number): { readonly x: number; readonly y: number }[] {
  const at = (step: number) => {
    const angle = (step / STEPS) * 2 * Math.PI - Math.PI / 2;
    return { x: Math.cos(angle) * x, y: Math.sin(angle) * y };
  };
  const lengths = [0];
  for (let step = 1; step <= STEPS; step += 1) {
    const [a, b] = [at(step - 1), at(step)];
    lengths.push(lengths[step - 1]! + Math.hypot(a.x - b.x, a.y - b.y));
  }
  const spots: { x: number; y: number }[] = [];
  for (let step = 1; step <= STEPS; step += 1) {
    while (spots.length < count && lengths[step]! >= ((spots.length + 0.5) / count) * lengths[STEPS]!)
      spots.push(at(step));
  }
  return spots;
}

/** Of an ellipse, after Ramanujan. */
function perimeter({ x, y }: Radii): number {
  return Math.PI * (3 * (x + y) - Math.sqrt((3 * x + y) * (x + 3 * y)));
}
