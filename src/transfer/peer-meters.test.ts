import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { RateMeter } from '../core/rate-meter.ts';
import { PeerMeters } from './peer-meters.ts';

it('what goes to each peer is measured apart and all together, and forgotten when nothing goes any more', () => {
  const clock = new ManualClock();
  const all = new RateMeter(clock);
  const meters = new PeerMeters(clock, all);
  meters.of('a').add(300);
  meters.of('b').add(0);
  for (let peer = 0; peer < 1000; peer += 1) meters.of(`p${peer}`).add(1);
  clock.advance(1000);
  const rates = meters.rates();
  assert.equal(rates.get('a'), 300);
  assert.equal(rates.has('b'), false);
  assert.equal(rates.size, 1001);
  assert.equal(all.rate, 1300);
  clock.advance(10_000);
  meters.of('late').add(5);
  assert.deepEqual([...meters.rates().keys()], ['late']);
});
