import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { seededRandom } from '../core/random.ts';
import { IndexMembers } from './index-members.ts';

const random = seededRandom(5);
const ids = Array.from({ length: 300 }, () =>
  Array.from({ length: 4 }, () =>
    Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join(''),
);
const [self, other, ...rest] = ids as [string, string, ...string[]];

const make = (
  me: string,
  members: () => readonly string[],
  most: number,
  followed: readonly string[] = [],
) => {
  const clock = new ManualClock();
  const isFollowed = (peer: string) => followed.includes(peer);
  return { clock, chosen: new IndexMembers({ self: me, members, most, isFollowed, clock }) };
};

describe('whose entries are kept', () => {
  it('everybody, up to a number', () => {
    const { chosen } = make(self, () => rest, rest.length);
    assert.ok(rest.every((id) => chosen.has(id)));
    assert.equal(chosen.without, 0);
  });

  it('above it those that are followed and a sample, another one for each peer', () => {
    const followed = rest.slice(0, 7);
    const mine = make(self, () => rest, 100, followed).chosen;
    const theirs = make(other, () => rest, 100).chosen;
    const [a, b] = [mine, theirs].map((one) => rest.filter((id) => one.has(id))) as [string[], string[]];
    assert.equal(a.length, 100);
    assert.equal(b.length, 100);
    assert.ok(followed.every((id) => a.includes(id)));
    assert.equal(mine.without, rest.length - 100);
    const both = a.filter((id) => b.includes(id)).length;
    assert.ok(both > 10 && both < 70, `${both} in both`);
  });

  it('leaves out of count those of whom nothing can be had', () => {
    const away = new Set(rest.filter((_, at) => at % 2 === 0));
    const clock = new ManualClock();
    const chosen = new IndexMembers({
      ...{ self, members: () => rest, most: 100, isFollowed: () => false, clock },
      isOutOfReach: (id) => away.has(id),
    });
    assert.equal(rest.filter((id) => chosen.has(id) && !away.has(id)).length, 100);
    const before = chosen.moves;
    for (const id of rest.slice(0, 120)) away.add(id);
    clock.advance(6000);
    assert.equal(chosen.moves, before + 1);
    assert.ok(
      rest.every((id) => chosen.has(id)),
      'all others fit',
    );
  });

  it('hardly moves when somebody comes or goes', () => {
    let members: readonly string[] = rest;
    const { clock, chosen } = make(self, () => members, 100);
    const before = rest.filter((id) => chosen.has(id));
    members = rest.filter((id) => id !== before[0]);
    clock.advance(6000);
    const after = members.filter((id) => chosen.has(id));
    assert.equal(after.length, 100);
    assert.equal(after.filter((id) => before.includes(id)).length, 99);
  });
});
