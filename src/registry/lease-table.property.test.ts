import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { PeerdexError } from '../core/errors.ts';
import { MemoryLeaseStore } from '../storage/memory/lease-store.ts';
import { LeaseTable } from './lease-table.ts';

const LEASE_S = 10;
const MAX_PEERS = 4;

type Step =
  | {
      readonly do: 'register';
      readonly peer: number;
      readonly nonce: number;
      readonly name: number;
      readonly passing: boolean;
    }
  | { readonly do: 'renew'; readonly peer: number; readonly nonce: number; readonly files: number }
  | { readonly do: 'leave'; readonly peer: number; readonly nonce: number }
  | { readonly do: 'evict'; readonly peer: number }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'restart' };

const peer = fc.nat(7);
const nonce = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('register' as const),
      peer,
      nonce,
      name: fc.nat(2),
      passing: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('renew' as const), peer, nonce, files: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), peer, nonce }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evict' as const), peer }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 12 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
);

/** The plainest thing that could be right: every peer with the second in which its lease ends. */
interface ModelPeer {
  nonce: number;
  files: number;
  ends: number;
  seen: number;
  active: boolean;
  evicted?: boolean;
  passing: boolean;
  registered: number;
}

class Model {
  readonly peers = new Map<number, ModelPeer>();
  second = 0;

  apply(one: Step): string {
    if (one.do === 'wait') return this.wait(one.seconds);
    if (one.do === 'restart') {
      for (const known of this.peers.values()) known.ends = this.second + LEASE_S;
      return 'done';
    }
    const known = this.peers.get(one.peer);
    if (one.do === 'register') {
      if (!known && !this.hasRoom()) return 'limit';
      const registered = (known?.registered ?? 0) + 1;
      this.peers.set(one.peer, {
        nonce: one.nonce,
        files: 0,
        active: true,
        registered,
        passing: one.passing,
        ...this.extended(),
      });
      return 'done';
    }
    if (one.do === 'evict') {
      if (known) Object.assign(known, { active: false, evicted: true });
      return 'done';
    }
    if (!known?.active) return 'not-found';
    if (known.nonce !== one.nonce) return 'conflict';
    if (one.do === 'renew') Object.assign(known, { files: one.files, ...this.extended() });
    else Object.assign(known, { active: false, evicted: known.passing, seen: this.second });
    return 'done';
  }

  /** Who is gone for good is not shown. */
  shown() {
    return [...this.peers].filter(([, { active, passing }]) => active || !passing);
  }

  private extended() {
    return { ends: this.second + LEASE_S, seen: this.second };
  }

  private wait(seconds: number): string {
    this.second += seconds;
    for (const known of this.peers.values()) {
      if (!known.active || known.ends > this.second) continue;
      Object.assign(known, { active: false, evicted: known.passing });
    }
    return 'done';
  }

  private hasRoom(): boolean {
    if (this.peers.size < MAX_PEERS) return true;
    const out = [...this.peers].find(([, { evicted }]) => evicted);
    return out ? this.peers.delete(out[0]) : false;
  }
}

class Real {
  readonly clock = new ManualClock();
  readonly store = new MemoryLeaseStore();
  table = this.open();

  apply(one: Step): string {
    try {
      this.run(one);
      return 'done';
    } catch (error) {
      if (error instanceof PeerdexError) return error.code;
      throw error;
    }
  }

  private open(): LeaseTable {
    const { clock, store } = this;
    return new LeaseTable({
      clock,
      store,
      epoch: '00000000000000aa',
      leaseSeconds: LEASE_S,
      maxPeers: MAX_PEERS,
    });
  }

  private run(one: Step): void {
    if (one.do === 'restart') this.table = this.open();
    else if (one.do === 'wait') {
      for (let second = 0; second < one.seconds; second += 1) {
        this.clock.advance(1000);
        this.table.sweep();
      }
    } else if (one.do === 'register') {
      this.table.register({
        id: hex(one.peer),
        name: `name ${one.name}`,
        addresses: [{ host: '10.0.0.1', port: 1 }],
        nonce: hex(one.nonce),
        files: 0,
        bytes: 0,
        passing: one.passing,
      });
    } else if (one.do === 'renew')
      this.table.renew(hex(one.peer), { nonce: hex(one.nonce), files: one.files, bytes: 0 });
    else if (one.do === 'evict') this.table.evict(hex(one.peer));
    else this.table.leave(hex(one.peer), hex(one.nonce));
  }
}

const hex = (n: number) => n.toString(16).padStart(32, '0');

test('the lease table does as the plain model says, and a follower of its changes sees the same', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const model = new Model();
      const real = new Real();
      const follower = new Map<string, boolean>();
      let seen = -1;
      for (const one of steps) {
        assert.equal(real.apply(one), model.apply(one), JSON.stringify(one));
        const listed = real.table.list('all');
        assert.deepEqual(
          new Map(
            listed.map(({ lease, registrations }) => [lease.id, [lease.active, lease.files, registrations]]),
          ),
          new Map([...model.shown()].map(([n, p]) => [hex(n), [p.active, p.files, p.registered]])),
        );
        assert.equal(
          new Set(listed.map(({ lease }) => lease.name)).size,
          listed.length,
          'two peers bear one name',
        );
        for (const { lease } of real.table.list('all', seen)) follower.set(lease.id, lease.active);
        assert.ok(real.table.version >= seen);
        seen = real.table.version;
        for (const { lease } of listed)
          assert.equal(follower.get(lease.id), lease.active, 'a change was not told');
        const shown = new Set(listed.filter(({ lease }) => lease.active).map(({ lease }) => lease.id));
        for (const [who, active] of follower)
          assert.equal(active, shown.has(who), 'that it went was not told');
      }
    }),
    { numRuns: 500 },
  );
});
