import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { draftOf, planOf, rateOf, withPeriod } from './limit-draft.ts';

describe('limits as they are typed', () => {
  it('are what they were before anything is typed', () => {
    const plan = {
      usual: 2_500_000,
      periods: [
        { days: 65, from: 0, to: 1440, rate: null },
        { days: 62, from: 1320, to: 360, rate: 1000 },
      ],
    };
    assert.deepEqual(planOf(draftOf(plan)), plan);
    assert.deepEqual(planOf(draftOf({ usual: null, periods: [] })), { usual: null, periods: [] });
  });

  it('are none where a rate, a day or a time makes no sense', () => {
    const draft = withPeriod(draftOf({ usual: null, periods: [] }));
    const [period] = draft.periods;
    assert.deepEqual(planOf(draft)!.periods, [{ days: 62, from: 480, to: 1080, rate: null }]);
    assert.equal(planOf({ ...draft, usual: 'fast' }), undefined);
    for (const wrong of [{ days: 0 }, { from: '' }, { to: '25:00' }, { rate: '-1' }])
      assert.equal(planOf({ ...draft, periods: [{ ...period!, ...wrong }] }), undefined);
  });

  it('are in MB/s, of at least 1 kB/s', () => {
    assert.equal(rateOf(' 1,5 '), 1_500_000);
    assert.equal(rateOf('0.001'), 1000);
    assert.equal(rateOf('0.0009'), undefined);
    assert.equal(rateOf(''), null);
    assert.equal(rateOf('1e99'), undefined);
  });
});
