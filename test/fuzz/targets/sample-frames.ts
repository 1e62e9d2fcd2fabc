import type { ControlFrame } from '../../../src/protocol/swarm/frames.ts';

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
  { type: 'interest', channel: 1, content: '33'.repeat(32) },
  { type: 'holding', channel: 1, size: 2 ** 40 },
  { type: 'manifestRequest', channel: 1, page: 2 },
  { type: 'manifest', channel: 1, page: 0, hashes: new Uint8Array(96).fill(5) },
  { type: 'leavesRequest', channel: 1, group: 3 },
  { type: 'leaves', channel: 1, group: 0, hashes: new Uint8Array(64).fill(6) },
  { type: 'request', channel: 1, first: 4, count: 4 },
  { type: 'cancel', channel: 1, first: 4, count: 1 },
  { type: 'reject', channel: 1, leaf: undefined, reason: 'unknown' },
  { type: 'reject', channel: 1, leaf: 7, reason: 'changed' },
  { type: 'complaint', channel: 1, leaf: 7 },
  { type: 'close', channel: 1 },
  { type: 'bye', reason: 'closing', text: 'until tomorrow' },
];
