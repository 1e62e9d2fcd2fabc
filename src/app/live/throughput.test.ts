import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { FINE_MS, Throughput } from './throughput.ts';

describe('throughput', () => {
  it('has a point every 10 s for an hour and every 5 min for a day, and no more', () => {
    const clock = new ManualClock(Date.parse('2030-01-07T00:00:00Z'));
    const totals = { up: 0, down: 0 };
    using throughput = new Throughput(clock, () => ({ ...totals }));
    assert.equal(throughput.newest, undefined);
    totals.up = 5000;
    clock.advance(FINE_MS);
    assert.deepEqual(throughput.hour, [{ at: '2030-01-07T00:00:10.000Z', up: 500, down: 0 }]);
    for (let n = 1; n < 30; n += 1) {
      totals.down += 20_000;
      clock.advance(FINE_MS);
    }
    assert.deepEqual(throughput.newest, { at: '2030-01-07T00:05:00.000Z', up: 0, down: 2000 });
    assert.deepEqual(throughput.day, [{ at: '2030-01-07T00:05:00.000Z', up: 17, down: 1933 }]);
    for (let n = 0; n < 10_000; n += 1) clock.advance(FINE_MS);
    assert.deepEqual([throughput.hour.length, throughput.day.length], [360, 288]);
    assert.ok(throughput.hour.every(({ up, down }) => up === 0 && down === 0));
  });

  it('says no rate below nothing, and the true one after a time of sleep', () => {
    const clock = new ManualClock();
    const totals = { up: 1000, down: 0 };
    using throughput = new Throughput(clock, () => ({ ...totals }));
    totals.up = 0;
    totals.down = 90_000;
    clock.advance(FINE_MS);
    assert.equal(throughput.newest!.up, 0);
    assert.equal(throughput.newest!.down, 9000);
  });
});
