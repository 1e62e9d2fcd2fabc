import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import type { PeerId } from '../core/ids.ts';
import { seededRandom } from '../core/random.ts';
import type { SwarmMember } from '../core/swarm-member.ts';
import { ENTRY_MS, SoftLists } from './soft-lists.ts';
import { SwarmMembers } from './swarm-members.ts';

const CONTENT = 'ab'.repeat(32);
const SELF = id(0);
const HERE = [{ host: '127.0.0.1', port: 1000 }];

describe('the members of a swarm', () => {
  it('who asks here, gives here or entered himself is told to others, and not who was only heard of', () => {
    const { members } = make([1, 2, 3, 4]);
    const changes: number[] = [];
    members.want(CONTENT, () => changes.push(1));
    members.asks(CONTENT, { peer: id(1) });
    members.gives(CONTENT, id(2));
    members.entered(CONTENT, id(3), HERE);
    members.told(CONTENT, id(3), [member(4), member(9), member(0)]);
    assert.deepEqual(peersOf(members.others(CONTENT, id(8))), [1, 2, 3].map(id));
    assert.deepEqual(peersOf(members.others(CONTENT, id(3))), [1, 2].map(id));
    assert.deepEqual(peersOf(members.candidates(CONTENT)), [1, 2, 3, 4, 9].map(id));
    assert.deepEqual(peersOf(members.candidates('cd'.repeat(32))), []);
    assert.equal(changes.length, 3, 'who asks, who entered, and one list');
  });

  it('who has gone is a member no more', () => {
    const { members } = make([1, 2]);
    const stopped: string[] = [];
    members.onAskerGone((content) => stopped.push(content));
    const forget = members.asks(CONTENT, { peer: id(1) });
    const leave = members.gives(CONTENT, id(2));
    const again = members.gives(CONTENT, id(2));
    assert.equal(members.askers(CONTENT), 1);
    assert.equal(members.askers(CONTENT, id(1)), 0);
    forget();
    forget();
    leave();
    leave();
    assert.deepEqual(peersOf(members.others(CONTENT, SELF)), [id(2)]);
    again();
    assert.deepEqual(peersOf(members.others(CONTENT, SELF)), []);
    assert.deepEqual(stopped, [CONTENT]);
  });

  it('what is heard of counts for 10 minutes, while the content is wanted', () => {
    const { members, clock } = make([]);
    members.told(CONTENT, id(1), [member(2)]);
    assert.deepEqual(members.candidates(CONTENT), [], 'nobody wants it');
    const release = members.want(CONTENT, () => {});
    members.told(CONTENT, id(1), [member(2)]);
    assert.deepEqual(peersOf(members.candidates(CONTENT)), [id(2)]);
    clock.advance(600_000);
    assert.deepEqual(members.candidates(CONTENT), []);
    members.told(CONTENT, id(1), [member(2)]);
    release();
    assert.deepEqual(members.candidates(CONTENT), []);
  });

  it('one who tells without end loses his own words and nobody else his', () => {
    const { members } = make([]);
    members.want(CONTENT, () => {});
    members.told(CONTENT, id(1), [member(2)]);
    for (let n = 10; n < 2000; n += 20) members.told(CONTENT, id(3), list(n, 20));
    const known = peersOf(members.candidates(CONTENT));
    assert.equal(known.length, 41);
    assert.ok(known.includes(id(2)));
    for (let teller = 10_000; teller < 10_100; teller += 1)
      members.told(CONTENT, id(teller), list(teller, 1));
    assert.ok(members.candidates(CONTENT).length <= 41 + 32);
  });

  it('at most 20 are told of, drawn at random, and only those with an address', () => {
    const { members } = make([]);
    for (let n = 1; n <= 60; n += 1) members.entered(CONTENT, id(n), HERE);
    members.asks(CONTENT, { peer: id(100) }); // nobody knows where it is
    const drawn = new Set<PeerId>();
    for (let n = 0; n < 40; n += 1) {
      const some = members.others(CONTENT, SELF);
      assert.equal(new Set(peersOf(some)).size, 20);
      for (const { peer } of some) drawn.add(peer);
    }
    assert.equal(drawn.size, 60);
  });
});

describe('soft lists', () => {
  it('an entry ends after 10 minutes unless it is renewed', () => {
    const clock = new ManualClock();
    const lists = new SoftLists(clock);
    assert.equal(lists.enter(CONTENT, member(1)), true);
    lists.enter(CONTENT, member(2));
    clock.advance(ENTRY_MS / 2);
    assert.equal(lists.enter(CONTENT, member(2)), false, 'it was there');
    clock.advance(ENTRY_MS / 2);
    assert.deepEqual(peersOf(lists.of(CONTENT)), [id(2)]);
    clock.advance(ENTRY_MS / 2);
    assert.deepEqual(lists.of(CONTENT), []);
  });

  it('are bounded in members, in contents, and in what one peer takes of them', () => {
    const lists = new SoftLists(new ManualClock());
    for (let n = 0; n < 1000; n += 1) lists.enter(CONTENT, member(n));
    assert.equal(lists.of(CONTENT).length, 128);
    for (let n = 0; n < 3000; n += 1) lists.enter(content(n), member(5000));
    const taken = Array.from({ length: 3000 }, (_, n) => lists.of(content(n)).length);
    assert.equal(taken.filter((length) => length > 0).length, 2048);
    assert.equal(lists.of(CONTENT).length, 128, 'nobody else lost anything');
    for (let n = 0; n < 20_000; n += 1) lists.enter(content(n), member(6000 + Math.floor(n / 1000)));
    const lengths = Array.from({ length: 20_000 }, (_, n) => lists.of(content(n)).length);
    const full = lengths.filter((length) => length > 0).length;
    assert.ok(full <= 16_384, `${full}`);
  });
});

function make(known: readonly number[]) {
  const clock = new ManualClock();
  const members = new SwarmMembers({
    self: SELF,
    addressesOf: (peer) => (known.map(id).includes(peer) ? HERE : []),
    clock,
    random: seededRandom(1),
  });
  return { clock, members };
}

function id(n: number): PeerId {
  return n.toString(16).padStart(32, '0');
}

const content = (n: number): string => n.toString(16).padStart(64, '0');
const member = (n: number): SwarmMember => ({ peer: id(n), addresses: HERE });
const list = (from: number, count: number) => Array.from({ length: count }, (_, n) => member(from + n));
const peersOf = (some: readonly SwarmMember[]): PeerId[] => some.map(({ peer }) => peer).toSorted();
