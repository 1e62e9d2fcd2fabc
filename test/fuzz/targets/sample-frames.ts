import type { ControlFrame } from '../../../src/protocol/swarm/frames.ts';

const MEMBERS = [
  { peer: '55'.repeat(16), addresses: [{ host: '192.0.2.1', port: 10_000 }] },
  { peer: '66'.repeat(16), addresses: [] },
];

/** One frame of each type, as an honest peer could send it. */
export const FRAMES: readonly ControlFrame[] = [
  {
    type: 'hello',
    protocol: 1,
    features: 0,
    network: '11'.repeat(16),
    peer: '22'.repeat(16),
    proof: new Uint8Array(38).fill(3),
    heads: new Uint8Array(4),
  },
  { type: 'proof', proof: new Uint8Array(60).fill(4) },
  { type: 'interest', channel: 1, content: '33'.repeat(32), takesInstead: true },
  { type: 'holding', channel: 1, size: 2 ** 40, whole: false },
  { type: 'manifestRequest', channel: 1, page: 2 },
  { type: 'manifest', channel: 1, page: 0, hashes: new Uint8Array(96).fill(5) },
  { type: 'leavesRequest', channel: 1, group: 3 },
  { type: 'leaves', channel: 1, group: 0, hashes: new Uint8Array(64).fill(6) },
  { type: 'request', channel: 1, first: 4, count: 4 },
  { type: 'cancel', channel: 1, first: 4, count: 1 },
  { type: 'reject', channel: 1, leaf: undefined, reason: 'unknown' },
  { type: 'reject', channel: 1, leaf: 7, reason: 'changed', members: MEMBERS },
  { type: 'complaint', channel: 1, leaf: 7 },
  { type: 'close', channel: 1 },
  { type: 'bye', reason: 'closing', text: 'until tomorrow' },
  { type: 'bitfield', channel: 1, page: 0, bits: new Uint8Array(9).fill(7) },
  { type: 'have', channel: 1, first: 8, count: 3 },
  { type: 'askerBitfield', channel: 1, page: 1, bits: new Uint8Array(1).fill(8) },
  { type: 'askerHave', channel: 1, first: 9, count: 64 },
  { type: 'claim', channel: 1, first: 10, count: 1 },
  { type: 'unclaim', channel: 1, first: 10, count: 1 },
  { type: 'instead', channel: 1, asked: 11, given: 12 },
  { type: 'seek', content: '44'.repeat(32), addresses: MEMBERS[0]!.addresses },
  {
    type: 'batch',
    channel: 2,
    items: [
      { content: '77'.repeat(32), size: 1 },
      { content: '88'.repeat(32), size: 262_144 },
    ],
  },
  { type: 'members', content: '44'.repeat(32), members: MEMBERS },
];
