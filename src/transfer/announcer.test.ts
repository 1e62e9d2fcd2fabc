import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { settle } from '../../test/support/settle.ts';
import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import { silentLog } from '../core/ports/log.ts';
import { seededRandom } from '../core/random.ts';
import { rendezvous } from '../core/rendezvous.ts';
import { Wakeup } from '../core/wakeup.ts';
import { announce } from './announcer.ts';
import { Lingering, UNWANTED_MS } from './lingering.ts';
import { SwarmMembers } from './swarm-members.ts';

const CONTENT = 'ab'.repeat(32);
const ids = Array.from({ length: 12 }, (_, n) => (n + 1).toString(16).padStart(32, '0'));
const [SELF, ...OTHERS] = ids as [PeerId, ...PeerId[]];
const KEEPERS = rendezvous(CONTENT, ids).filter((peer) => peer !== SELF);

describe('announcing', () => {
  it("asks the content's rendezvous peers, and one neighbour, at once and again and again", async () => {
    const { parts, asked, clock } = make();
    const stop = new AbortController();
    const neighbour = OTHERS.find((peer) => !KEEPERS.includes(peer))!;
    const swarm = { neighbours: () => [neighbour, KEEPERS[0]!], wakeup: new Wakeup() };
    const running = announce(CONTENT, parts, swarm, stop.signal);
    await settle();
    assert.deepEqual(asked.toSorted(), [...KEEPERS, neighbour].toSorted());
    clock.advance(2_000);
    await settle();
    assert.equal(asked.length, 2 * (KEEPERS.length + 1));
    for (let s = 0; s < 3600; s += 1) {
      clock.advance(1000);
      if (s % 10 === 0) await settle();
    }
    const rounds = asked.length / (KEEPERS.length + 1);
    assert.ok(rounds > 18 && rounds < 28, `${rounds} in an hour: an entry lasts 10 minutes`);
    const before = asked.length;
    swarm.wakeup.wake();
    await settle();
    assert.ok(asked.length > before, 'at once when members are needed');
    stop.abort();
    await running;
  });

  it('who cannot be reached keeps nobody', async () => {
    const { parts, asked } = make(new PeerdexError('unavailable', 'gone'));
    const stop = new AbortController();
    const running = announce(CONTENT, parts, { neighbours: () => [], wakeup: new Wakeup() }, stop.signal);
    await settle();
    assert.equal(asked.length, KEEPERS.length);
    stop.abort();
    await running;
  });
});

describe('lingering', () => {
  it('lasts while somebody asks, and a little longer', async () => {
    const { lingering, members, clock, asked } = make();
    const signal = new AbortController().signal;
    lingering.fetched(CONTENT);
    assert.equal(lingering.count, 0, 'nobody wants it');
    const leave = members.asks(CONTENT, { peer: OTHERS[0]! });
    lingering.fetched(CONTENT);
    await settle();
    assert.equal(lingering.count, 1);
    assert.ok(asked.length > 0, 'it stays in the lists');
    let isOver = false;
    const over = lingering.over(signal).then(() => {
      isOver = true;
    });
    clock.advance(300_000);
    await settle();
    assert.equal(isOver, false);
    leave();
    clock.advance(UNWANTED_MS - 1);
    const back = members.asks(CONTENT, { peer: OTHERS[1]! });
    clock.advance(UNWANTED_MS);
    await settle();
    assert.equal(isOver, false, 'another one came in time');
    back();
    clock.advance(UNWANTED_MS);
    await settle();
    await over;
    assert.equal(lingering.count, 0);
  });

  it('has an end, whoever asks', async () => {
    const { lingering, members, clock } = make();
    members.asks(CONTENT, { peer: OTHERS[0]! });
    lingering.fetched(CONTENT);
    clock.advance(600_000);
    await settle();
    assert.equal(lingering.count, 0);
    await lingering.over(new AbortController().signal);
  });

  it('ends at once for who does not want to wait', async () => {
    const { lingering, members } = make();
    members.asks(CONTENT, { peer: OTHERS[0]! });
    lingering.fetched(CONTENT);
    const enough = new AbortController();
    const over = lingering.over(enough.signal);
    enough.abort();
    await over;
    lingering.stop();
    await settle();
    assert.equal(lingering.count, 0);
  });
});

function make(failure?: PeerdexError) {
  const clock = new ManualClock();
  const asked: PeerId[] = [];
  const common = { self: SELF, clock, random: seededRandom(1), log: silentLog };
  const swarms = {
    active: () => OTHERS,
    async seek(peer: PeerId) {
      asked.push(peer);
      if (failure) throw failure;
    },
  };
  const members = new SwarmMembers({ ...common, addressesOf: () => [] });
  const parts = { ...common, swarms };
  return { clock, asked, members, parts, lingering: new Lingering({ ...parts, members, lingerMs: 600_000 }) };
}
