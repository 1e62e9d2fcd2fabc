import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownedByNobody, PREFIX } from '../../bench/flash-crowd/leftovers.ts';
import { equalCrowd, fluidBound, unequalCrowd } from '../../bench/flash-crowd/scenario.ts';
import { payloadOf, readCounts, tokenBucket } from '../../bench/flash-crowd/shaping.ts';

const FILE = 12_500_000;

test('the bound is the seed, the slowest receiver, or all uplinks together, whichever is slowest', () => {
  assert.equal(fluidBound(equalCrowd(8), FILE), 1);
  assert.equal(fluidBound({ name: '', up: [1000e6, 100e6], down: 50e6 }, FILE), 2);
  // 8 files over 50 + 4 × 20 + 4 × 100 Mbit/s take 1.5 s, the seed alone takes 2.
  assert.equal(fluidBound(unequalCrowd(8), FILE), 2);
  assert.equal(fluidBound({ name: '', up: [100e6, 0, 0, 0, 0], down: 400e6 }, FILE), 4);
});

test('what tc counts is read a device, and headers are taken off', () => {
  const counts = readCounts(
    JSON.stringify([
      { kind: 'noqueue', dev: 'lo', bytes: 5, packets: 1 },
      { kind: 'tbf', dev: 'eth0', options: { rate: 1 }, bytes: 70_168_600, packets: 46_358 },
    ]),
  );
  assert.deepEqual([...counts.keys()], ['eth0']);
  assert.equal(payloadOf(counts.get('eth0')!), 67_108_972);
});

test('a bucket holds 10 ms of its rate, never less than a packet of the kernel', () => {
  assert.deepEqual(tokenBucket(100e6).slice(0, 5), ['tbf', 'rate', '100000000bit', 'burst', '125000']);
  assert.ok(Number(tokenBucket(20e6)[4]) > 65_536);
});

test('only what a dead run left is taken for a leftover', () => {
  const names = [`${PREFIX}1-hub`, `${PREFIX}999999999-0`, `${PREFIX}${process.pid}-0`, 'other', PREFIX];
  assert.deepEqual(ownedByNobody(names), [`${PREFIX}999999999-0`, `${PREFIX}${process.pid}-0`]);
});
