import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { settle } from '../../test/support/settle.ts';
import { type ErrorCode, PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import { silentLog } from '../core/ports/log.ts';
import type { SourceLink } from '../core/ports/source.ts';
import { seededRandom } from '../core/random.ts';
import { ContentSwarms } from './content-swarms.ts';
import type { PassedOver } from './passed-over.ts';
import { SOURCELESS_MS, SourceFinder } from './source-finder.ts';

const unreachable = new PeerdexError('unavailable', 'it does not answer');
const refused = (code: ErrorCode = 'conflict') =>
  new PeerdexError(code, 'its file has changed', { retry: false });

describe('a source finder', () => {
  it('dials every holder, up to as many as are wanted, each once at a time', async () => {
    const one = start({ holders: ['a', 'b', 'c', 'd'], leaves: 12 });
    await settle();
    assert.equal(one.dialled.length, 3);
    assert.equal(new Set(one.dialled).size, 3);
    await one.after(5000);
    assert.equal(one.dialled.length, 3, 'those that are there are not dialled again');
    one.drop(one.dialled[0]!, unreachable);
    await settle();
    assert.equal(one.dialled.length, 4, 'a place that comes free is filled at once');
    await one.stop();
  });

  it('a new holder is found within a second', async () => {
    const one = start({ holders: ['a'] });
    await settle();
    one.holders.push('b');
    await one.after(1000);
    assert.deepEqual(one.dialled, ['a', 'b']);
    await one.stop();
  });

  it('the index is asked once a second, however many are dialled, and again while it names nobody', async () => {
    const one = start({ holders: ['a', 'b', 'c', 'd', 'e'] });
    await settle();
    assert.equal(one.dialled.length, 5);
    assert.equal(one.asked(), 1);
    await one.after(2000);
    assert.equal(one.asked(), 3);
    await one.stop();
    const other = start({ holders: [] });
    await settle();
    other.holders.push('a');
    other.finder.look();
    await settle();
    assert.deepEqual(other.dialled, ['a']);
    await other.stop();
  });

  it('tries again what could not be reached after 1, 2, 4, 8, then every 15 s', async () => {
    const one = start({ holders: ['good', 'bad'], fails: { bad: unreachable } });
    await settle();
    const times: number[] = [];
    for (let s = 0, seen = 1; s < 70; s += 1) {
      await one.after(1000);
      const now = one.dialled.filter((peer) => peer === 'bad').length;
      if (now > seen) times.push(s + 1);
      seen = now;
    }
    assert.deepEqual(times, [1, 3, 7, 15, 30, 45, 60]);
    assert.equal(one.passed.length, 1, 'and says so once');
    await one.stop();
  });

  it('says it again when the reason is another', async () => {
    const one = start({ holders: ['good', 'bad'], fails: { bad: unreachable } });
    await settle();
    one.fails.set('bad', refused());
    await one.after(1000);
    assert.deepEqual(
      one.passed.map(({ peer, error, retry }) => [peer, error.message, retry]),
      [
        ['bad', 'it does not answer', true],
        ['bad', 'its file has changed', false],
      ],
    );
    const dialled = one.dialled.length;
    await one.after(120_000);
    assert.equal(one.dialled.length, dialled, 'who refused for good is not asked again');
    await one.stop();
  });

  it('tells no more than a few reasons of a peer that makes up new ones', async () => {
    const one = start({ holders: ['good', 'bad'], fails: { bad: unreachable } });
    for (let n = 0; n < 20; n += 1) {
      one.fails.set('bad', new PeerdexError('unavailable', `reason ${n}`));
      await one.after(15_000);
    }
    assert.equal(one.passed.length, 4);
    await one.stop();
  });

  it('gives up after 30 s without any source, with everybody and why', async () => {
    const busy = new PeerdexError('unavailable', 'it is busy');
    const one = start({ holders: ['a', 'b'], fails: { a: unreachable, b: busy } });
    await one.after(SOURCELESS_MS - 2000);
    assert.equal(one.outcome(), undefined);
    await one.after(20_000);
    const error = one.outcome()!;
    assert.equal(error.code, 'failed');
    assert.match(error.message, /name-a: it does not answer/);
    assert.match(error.message, /name-b: it is busy/);
    assert.equal(error.retry, true);
    assert.match(error.hint ?? '', /resume/);
  });

  it('does not give up while a source is there, and counts from its loss', async () => {
    const one = start({ holders: ['a'] });
    await one.after(100_000);
    assert.equal(one.outcome(), undefined);
    one.fails.set('a', unreachable);
    one.drop('a', unreachable);
    await one.after(SOURCELESS_MS - 2000);
    assert.equal(one.outcome(), undefined);
    await one.after(20_000);
    assert.match(one.outcome()?.message ?? '', /it does not answer/);
  });

  it('gives up at once when all holders refuse for good', async () => {
    const one = start({ holders: ['a', 'b'], fails: { a: refused(), b: refused('unsupported') } });
    await settle();
    await one.after(1000);
    assert.equal(one.outcome()?.code, 'failed');
    assert.match(
      one.outcome()?.message ?? '',
      /name-[ab]: its file has changed; name-[ab]: its file has changed/,
    );
  });

  it('gives up at once when the one who refused for good lists the content no longer', async () => {
    const one = start({ holders: ['a'] });
    await settle();
    one.holders.length = 0;
    one.drop('a', refused());
    await one.after(1000);
    assert.match(one.outcome()?.message ?? '', /name-a: its file has changed/);
  });

  it('when all of them lied that is what it says', async () => {
    const one = start({ holders: ['a', 'b'] });
    await settle();
    const lie = new PeerdexError('verification', 'it sent bytes that are not what their hash says');
    one.drop('a', lie);
    one.drop('b', lie);
    await one.after(1000);
    assert.equal(one.outcome()?.code, 'verification');
  });

  it('takes only the peer that it is told to', async () => {
    const one = start({ holders: ['a', 'b', 'c'], from: 'b' });
    await one.after(3000);
    assert.deepEqual(one.dialled, ['b']);
    await one.stop();
    const other = start({ holders: ['a'], from: 'x' });
    await settle();
    assert.equal(other.finder.reason, 'name-x does not hold this file, or is not active');
    await other.after(SOURCELESS_MS + 1000);
    assert.match(other.outcome()?.message ?? '', /name-x does not hold this file/);
    assert.deepEqual(other.dialled, []);
  });

  it('asks in turn who asks here, but for a download from one peer only', async () => {
    const one = start({ holders: ['a'], members: ['asker'] });
    await settle();
    one.asks('asker');
    await one.after(1000);
    assert.deepEqual(one.linked.toSorted(), ['a', 'asker']);
    await one.stop();
    const other = start({ holders: ['a'], members: ['asker'], from: 'a' });
    const leave = other.asks('asker');
    await other.after(1000);
    leave();
    await other.after(20_000);
    assert.deepEqual(other.dialled, ['a']);
    await other.stop();
  });

  it('finds a holder though as many as are wanted ask here and give nothing', async () => {
    const liars = ['l1', 'l2'];
    const lie = new PeerdexError('verification', 'lies');
    const fails = { l1: lie, l2: lie, away: unreachable };
    const one = start({ holders: [], members: [...liars, 'away'], leaves: 4, fails });
    for (const liar of liars) one.asks(liar);
    await one.after(1000);
    one.holders.push('a', 'b');
    await one.after(1000);
    assert.ok(one.linked.length > 0);
    await one.stop();
  });

  it('says what it does while nothing is there yet', async () => {
    const one = start({ holders: ['a'] });
    assert.equal(one.finder.reason, 'connecting to name-a');
    await one.stop();
    const none = start({ holders: [] });
    await settle();
    assert.equal(none.finder.reason, 'no active peer holds this file');
    await none.stop();
  });

  it('one who has all comes first, then members until there are enough', async () => {
    const members = Array.from({ length: 30 }, (_, n) => `m${n}`);
    const one = start({ holders: ['a', 'b'], members });
    await one.after(0);
    assert.ok(['a', 'b'].includes(one.dialled[0]!), `first ${one.dialled[0]}`);
    await one.after(3000);
    assert.equal(one.linked.length, 20);
    await one.stop();
  });

  it('members that may come are waited for, and tried again whatever they said, except liars', async () => {
    const members = ['m', 'liar'];
    const fails = {
      m: new PeerdexError('unavailable', 'it does not share this content any more', { retry: false }),
      liar: new PeerdexError('verification', 'lies'),
    };
    const one = start({ holders: [], members, fails });
    await one.after(10 * SOURCELESS_MS);
    assert.equal(one.outcome(), undefined);
    assert.ok(one.dialled.filter((peer) => peer === 'm').length > 15);
    assert.equal(one.dialled.filter((peer) => peer === 'liar').length, 1);
    assert.deepEqual(
      one.passed.map(({ peer }) => peer),
      ['liar'],
      'who may have nothing yet is no news',
    );
    members.shift();
    await one.after(2000);
    assert.equal(one.outcome()?.code, 'failed', 'nobody is listed any more who may come');
    await one.stop();
  });

  it('ends with the signal, and takes no link after it', async () => {
    const one = start({ holders: ['a'], slow: true });
    await settle();
    one.abort.abort(new PeerdexError('interrupted', 'stop'));
    await settle();
    assert.equal(one.outcome()?.code, 'interrupted');
    one.gate.resolve();
    await settle();
    assert.deepEqual([one.linked, one.passed], [[], []]);
  });
});

interface StartOptions {
  readonly holders: string[];
  /** Of its swarm, as far as is known. */
  readonly members?: string[];
  readonly from?: string;
  readonly leaves?: number;
  /** Dialling waits for the gate. */
  readonly slow?: boolean;
  /** What dialling these comes to, until the test says otherwise. */
  readonly fails?: Readonly<Record<PeerId, PeerdexError>>;
}

function start({ holders, members = [], from, leaves = 1000, slow = false, ...options }: StartOptions) {
  const clock = new ManualClock();
  const abort = new AbortController();
  const gate = Promise.withResolvers<void>();
  const dialled: PeerId[] = [];
  const linked: PeerId[] = [];
  const passed: PassedOver[] = [];
  const fails = new Map<PeerId, PeerdexError>(Object.entries(options.fails ?? {}));
  const connected = new Map<PeerId, () => void>();
  const random = seededRandom(1);
  const content = 'ab'.repeat(32);
  const swarm = new ContentSwarms({ self: 'self', clock, random }).of(content, leaves * LEAF_BYTES);
  let outcome: PeerdexError | undefined;
  let asked = 0;
  const finder = new SourceFinder({
    content,
    swarm,
    sources: {
      holders: () => {
        asked += 1;
        return [...holders];
      },
      nameOf: (peer) => `name-${peer}`,
      async connect(peer) {
        dialled.push(peer);
        if (slow) await gate.promise;
        const failure = fails.get(peer);
        if (failure) throw failure;
        return { peer } as SourceLink;
      },
    },
    members: () => members.map((peer) => ({ peer, addresses: [] })),
    from,
    clock,
    random,
    log: silentLog,
    onLink: ({ peer }, isHolder) => {
      const giveWay = () => {};
      const neighbour = swarm.joined(peer, 'asked', giveWay);
      if (isHolder) swarm.becameWhole(neighbour);
      connected.set(peer, () => swarm.left(peer, 'asked', giveWay));
      linked.push(peer);
    },
    onLost() {},
    onSourceless() {},
    onPassedOver: (one) => passed.push(one),
  });
  const running = finder.run(abort.signal).catch((error: PeerdexError) => {
    outcome = error;
  });
  return {
    finder,
    swarm,
    abort,
    gate,
    holders,
    dialled,
    linked,
    passed,
    fails,
    outcome: () => outcome,
    /** How often the index was asked for holders. */
    asked: () => asked,
    drop(peer: PeerId, error: PeerdexError) {
      finder.lost(peer, error);
      connected.get(peer)?.();
    },
    /** It asks here, until what is returned is called. */
    asks(peer: PeerId) {
      const giveWay = () => {};
      swarm.joined(peer, 'asks', giveWay);
      return () => swarm.left(peer, 'asks', giveWay);
    },
    async after(ms: number) {
      for (let passedMs = 0; passedMs < ms; passedMs += 1000) {
        await settle();
        clock.advance(1000);
      }
      await settle();
    },
    async stop() {
      abort.abort(new PeerdexError('interrupted', 'stop'));
      await running;
    },
  };
}
