import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LeaseRecord } from '../../src/core/lease.ts';
import type { LeaseStore } from '../../src/core/ports/lease-store.ts';

/** What every LeaseStore must do. `open` gives an empty one; `reopen` the same one after an end and a start. */
export function leaseStoreContract(
  adapter: string,
  open: () => { readonly store: LeaseStore; reopen(): LeaseStore; close(): void },
): void {
  const check = (what: string, body: (store: LeaseStore, reopen: () => LeaseStore) => void) =>
    test(`${adapter} lease store: ${what}`, () => {
      const { store, reopen, close } = open();
      try {
        body(store, reopen);
      } finally {
        close();
      }
    });

  check('a new store takes the epoch that it is given and keeps it', (store, reopen) => {
    assert.deepEqual(store.load('0123456789abcdef'), { epoch: '0123456789abcdef', version: 0, leases: [] });
    assert.equal(reopen().load('ffffffffffffffff').epoch, '0123456789abcdef');
  });

  check('a record comes back as it was written, with and without a head', (store, reopen) => {
    store.load(EPOCH);
    const bare = { ...lease(2), head: undefined, active: false, name: 'Öl 🎈', passing: true };
    store.write({ version: 7, leases: [lease(1), bare] });
    const { version, leases } = reopen().load(EPOCH);
    assert.equal(version, 7);
    assert.deepEqual(byId(leases.map((one) => one.lease)), [lease(1), bare]);
  });

  check('a record replaces the one of the same peer', (store, reopen) => {
    store.load(EPOCH);
    store.write({ version: 1, leases: [lease(1)] });
    const moved = {
      ...lease(1),
      addresses: [{ host: '::1', port: 65535 }],
      files: 2 ** 52,
      active: false,
      version: 2,
    };
    store.write({ version: 2, leases: [moved] });
    assert.deepEqual(
      reopen()
        .load(EPOCH)
        .leases.map((one) => one.lease),
      [moved],
    );
  });

  check('registrations count by day and old days are dropped', (store, reopen) => {
    store.load(EPOCH);
    const { id } = lease(1);
    store.write({ version: 1, leases: [lease(1)], registered: { id, day: 100 } });
    store.write({ version: 2, registered: { id, day: 100 } });
    store.write({ version: 3, leases: [lease(1)], registered: { id, day: 131 } });
    assert.deepEqual(
      reopen().load(EPOCH).leases[0]!.registrations,
      new Map([
        [100, 2],
        [131, 1],
      ]),
    );
    const again = reopen();
    again.write({ version: 4, firstDay: 101 });
    assert.deepEqual(again.load(EPOCH).leases[0]!.registrations, new Map([[131, 1]]));
  });

  check('a forgotten peer is gone with its registrations, and its name is free', (store, reopen) => {
    store.load(EPOCH);
    store.write({ version: 1, leases: [lease(1)], registered: { id: lease(1).id, day: 5 } });
    store.write({ version: 2, forgotten: [lease(1).id], leases: [{ ...lease(2), name: lease(1).name }] });
    const { leases } = reopen().load(EPOCH);
    assert.deepEqual(
      leases.map((one) => one.lease.id),
      [lease(2).id],
    );
    const again = reopen();
    again.write({ version: 3, leases: [{ ...lease(1), name: 'back' }] });
    const back = again.load(EPOCH).leases.find((one) => one.lease.id === lease(1).id);
    assert.equal(back?.registrations.size, 0);
  });
}

const EPOCH = '00000000000000aa';

const lease = (n: number): LeaseRecord => ({
  id: n.toString(16).padStart(32, '0'),
  name: `peer-${n}`,
  addresses: [
    { host: '10.0.0.7', port: 10000 },
    { host: 'fe80::1%eth0', port: 1 },
  ],
  nonce: n.toString(16).padStart(32, 'f'),
  head: { index: '00000000000000bb', seq: 2 ** 53 - 1 },
  files: 3,
  bytes: 2 ** 43,
  firstRegistered: 1_700_000_000_000 + n,
  lastRegistered: 1_700_000_000_001 + n,
  lastSeen: 1_700_000_000_002 + n,
  leaseEnds: 1_700_000_090_002 + n,
  active: true,
  version: n,
});

const byId = (leases: readonly LeaseRecord[]) => leases.toSorted((a, b) => (a.id < b.id ? -1 : 1));
