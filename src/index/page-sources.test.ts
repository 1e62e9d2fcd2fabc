import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { seededRandom } from '../core/random.ts';
import { BRING_AFTER_MS, BROUGHT_TO, PageSources } from './page-sources.ts';

const numbers = seededRandom(11);
const ids = Array.from({ length: 100 }, () =>
  Math.floor(numbers.next() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')
    .repeat(8),
);
const [owner, ...rest] = ids as [string, ...string[]];

function make(self: string, among = ids) {
  const clock = new ManualClock();
  const members = among.filter((id) => id !== self);
  return {
    clock,
    sources: new PageSources({ self, members: () => members, clock, random: seededRandom(1) }),
  };
}

const firsts = make(rest[0]!).sources.firsts(owner);
const first = firsts.at(-1)!;
const another = rest.find((id) => !firsts.includes(id))!;

describe('whom to ask for a change of a log', () => {
  it('the owner by those who come first, and one of them by everybody else, later', () => {
    const asker = make(first).sources;
    assert.equal(asker.waitMs(owner), 0);
    assert.equal(asker.order(owner, false)[0], owner);
    const later = make(another).sources;
    assert.ok(later.waitMs(owner) >= 150);
    assert.equal(later.order(owner, false).indexOf(owner), 2);
    assert.ok(later.order(owner, false).every((id) => id === owner || firsts.includes(id)));
  });

  it('the owner at once in a small network', () => {
    const { sources } = make(another, [another, ...rest.slice(0, 5), owner]);
    assert.equal(sources.waitMs(owner), 0);
    assert.equal(sources.order(owner, false)[0], owner);
  });

  it('of an owner that nobody can dial those to whom it brings it, once it has', () => {
    const [one, two] = [make(first), make(another)];
    for (const { sources } of [one, two]) sources.failed(owner);
    assert.ok(one.sources.waitMs(owner) > BRING_AFTER_MS);
    assert.ok(two.sources.waitMs(owner) > one.sources.waitMs(owner));
    const brought = firsts.slice(0, BROUGHT_TO);
    const order = one.sources.order(owner, false);
    assert.deepEqual(order.slice(0, 2).sort(), brought.toSorted());
    assert.equal(order.at(-1), owner);
    // Those two do not answer everybody.
    const asked = two.sources.order(owner, false);
    assert.ok(firsts.includes(asked[0]!) && !brought.includes(asked[0]!));
    assert.deepEqual(asked.slice(1, 3).sort(), brought.toSorted());
    assert.equal(asked.at(-1), owner);
  });

  it('the owner again once it has answered, or after a while', () => {
    const { sources, clock } = make(first);
    sources.failed(owner);
    sources.answered(owner);
    assert.equal(sources.waitMs(owner), 0);
    sources.failed(owner);
    clock.advance(300_000);
    assert.equal(sources.waitMs(owner), 0);
    assert.equal(sources.order(owner, false)[0], owner);
  });
});
