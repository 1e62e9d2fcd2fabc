import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { settle } from '../../test/support/settle.ts';
import { BudgetShares } from './budget-shares.ts';
import { MemoryBudget } from './memory-budget.ts';

const forever = new AbortController().signal;

describe('a memory budget', () => {
  it('gives what it has and no more', () => {
    const budget = new MemoryBudget(10);
    assert.equal(budget.tryReserve(6), true);
    assert.equal(budget.tryReserve(5), false);
    assert.equal(budget.tryReserve(4), true);
    assert.equal(budget.used, 10);
    budget.release(4);
    assert.equal(budget.tryReserve(5), false);
    assert.equal(budget.used, 6);
  });

  it('lets waiters in when something comes back', async () => {
    const budget = new MemoryBudget(10);
    assert.ok(budget.tryReserve(10));
    const order: string[] = [];
    const waits = ['a', 'b', 'c'].map((name) => budget.reserve(5, forever).then(() => order.push(name)));
    await settle();
    assert.deepEqual(order, []);
    budget.release(10);
    await settle();
    assert.deepEqual(order, ['a', 'b']);
    budget.release(5);
    await Promise.all(waits);
    budget.release(10);
    assert.equal(budget.used, 0);
  });

  it('keeps for one at a time what that one needs at once', () => {
    const budget = new MemoryBudget(10);
    assert.ok(budget.tryReserve(8));
    const hold = budget.hold(5);
    assert.ok(hold);
    assert.equal(budget.hold(1), undefined, 'it is held already');
    assert.equal(budget.tryReserve(1), false);
    assert.equal(hold.reserve(), false, 'there is not so much yet');
    budget.release(4);
    assert.equal(budget.tryReserve(2), false);
    assert.equal(budget.tryReserve(1), true, 'beyond what is held');
    assert.equal(hold.reserve(), true);
    assert.equal(budget.used, 10);
    assert.equal(hold.reserve(), false, 'it has ended');
    assert.equal(budget.hold(11), undefined, 'there is not so much');
    assert.ok(budget.hold(10));
  });

  it('wakes who waits when what was held is not wanted any more', async () => {
    const budget = new MemoryBudget(10);
    const hold = budget.hold(10);
    assert.ok(hold);
    const waiting = budget.reserve(3, forever);
    await settle();
    assert.equal(budget.used, 0);
    hold.end();
    await waiting;
    assert.equal(budget.used, 3);
    assert.ok(budget.hold(5));
    hold.end();
    assert.equal(budget.tryReserve(3), false, 'an end counts once');
  });

  it('who gives up waits no longer and takes nothing', async () => {
    const budget = new MemoryBudget(10);
    assert.ok(budget.tryReserve(10));
    const impatient = new AbortController();
    const waiting = budget.reserve(5, impatient.signal);
    impatient.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    budget.release(10);
    assert.equal(budget.used, 0);
    await assert.rejects(budget.reserve(1, impatient.signal), /enough/);
    assert.equal(budget.used, 0);
  });

  it('calls back once after the next release, unless taken back', () => {
    const budget = new MemoryBudget(10);
    let calls = 0;
    budget.tryReserve(3);
    budget.onRelease(() => {
      calls += 1;
    });
    const forget = budget.onRelease(() => assert.fail('it was taken back'));
    forget();
    budget.release(1);
    budget.release(1);
    assert.equal(calls, 1);
    budget.onRelease(() => {
      calls += 1;
      budget.onRelease(() => {
        calls += 1;
      });
    });
    budget.release(1);
    assert.equal(calls, 2, 'who asks again while called waits for the next one');
  });

  it('never gives out more than there is, and all comes back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 10 }), fc.boolean()), { maxLength: 40 }),
        async (steps) => {
          const budget = new MemoryBudget(10);
          const held: number[] = [];
          const waits: Promise<void>[] = [];
          for (const [bytes, take] of steps) {
            if (take) waits.push(budget.reserve(bytes, forever).then(() => void held.push(bytes)));
            else if (held.length > 0) budget.release(held.shift()!);
            await settleSome();
            assert.ok(budget.used <= 10 && budget.used >= 0);
          }
          while (held.length > 0) {
            budget.release(held.shift()!);
            await settleSome();
          }
          await Promise.all(waits);
          assert.equal(budget.used, 0);
        },
      ),
    );
  });
});

describe('shares of a budget', () => {
  it('bound each name and all together', () => {
    const whole = new MemoryBudget(10);
    const shares = new BudgetShares(whole, 4);
    assert.equal(shares.of('a').tryReserve(5), false);
    assert.equal(shares.of('a').tryReserve(4), true);
    assert.equal(shares.of('a').tryReserve(1), false);
    assert.equal(shares.of('b').tryReserve(4), true);
    assert.equal(shares.of('c').tryReserve(4), false, 'the whole has only 2 left');
    assert.equal(shares.of('c').used, 0);
    assert.equal(whole.used, 8);
    shares.of('a').release(4);
    assert.equal(whole.used, 4);
    assert.equal(shares.of('c').tryReserve(4), true);
  });

  it('who waits wakes when its own part or the whole has room', async () => {
    const whole = new MemoryBudget(4);
    const shares = new BudgetShares(whole, 4);
    assert.ok(shares.of('a').tryReserve(4));
    const waiting = shares.of('b').reserve(2, forever);
    shares.of('a').release(4);
    await waiting;
    const again = shares.of('b').reserve(4, forever);
    shares.of('b').release(2);
    await again;
    shares.of('b').release(4);
    assert.equal(whole.used, 0);
  });

  it('of names that are gone are forgotten', () => {
    const whole = new MemoryBudget(10);
    const shares = new BudgetShares(whole, 4);
    const used = shares.of('used');
    used.tryReserve(4);
    const first = shares.of('first');
    for (let n = 0; n < 2000; n += 1) shares.of(`peer ${n}`);
    assert.equal(shares.of('used'), used, 'what is used stays');
    assert.notEqual(shares.of('first'), first);
  });
});

async function settleSome(): Promise<void> {
  for (let i = 0; i < 6; i += 1) await Promise.resolve();
}
