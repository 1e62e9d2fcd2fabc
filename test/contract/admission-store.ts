import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdmissionStore } from '../../src/core/ports/admission-store.ts';
import { type Invite, inviteIdOf, type Member, type Revocation } from '../../src/core/trust/invite.ts';

/** What every AdmissionStore must do. `open` gives an empty one; `reopen` the same one after an end and a start. */
export function admissionStoreContract(
  adapter: string,
  open: () => { readonly store: AdmissionStore; reopen(): AdmissionStore; close(): void },
): void {
  const check = (what: string, body: (store: AdmissionStore, reopen: () => AdmissionStore) => void) =>
    test(`${adapter} admission store: ${what}`, () => {
      const { store, reopen, close } = open();
      try {
        body(store, reopen);
      } finally {
        close();
      }
    });

  check('a new store is empty and its list has number 0', (store) => {
    assert.deepEqual(store.load(), { invites: [], members: [], revocations: [], number: 0 });
  });

  check('everything comes back as it was written', (store, reopen) => {
    const bounded = { ...invite(2), uses: 3, used: 2, standing: true, withdrawn: 1_700_000_000_123 };
    const fresh = { ...member(2), invites: [], name: 'Öl 🎈', role: 'admin' as const, ticketEnds: 0 };
    const gone = { ...member(3), departed: 1_700_000_000_456 };
    store.write({
      invites: [invite(1), bounded],
      members: [member(1), fresh, gone],
      revocations: [revocation(3)],
      number: 7,
    });
    const { invites, members, revocations, number } = reopen().load();
    assert.deepEqual(sorted(invites, 'id'), sorted([invite(1), bounded], 'id'));
    assert.deepEqual(sorted(members, 'peer'), [member(1), fresh, gone]);
    assert.deepEqual([revocations, number], [[revocation(3)], 7]);
  });

  check('a later write replaces what has the same id and leaves the rest', (store, reopen) => {
    store.write({ invites: [invite(1)], members: [member(1)], revocations: [revocation(1)], number: 1 });
    const used = { ...invite(1), used: 9 };
    const renewed = { ...member(1), ticketEnds: 1_800_000_000_000, invites: ['00', '01', '02'] };
    store.write({ invites: [used], members: [renewed] });
    assert.deepEqual(reopen().load(), {
      invites: [used],
      members: [renewed],
      revocations: [revocation(1)],
      number: 1,
    });
  });

  check('what is removed is gone, and may be written again in the same change', (store, reopen) => {
    store.write({
      invites: [invite(1), invite(2)],
      members: [member(1), member(2)],
      revocations: [revocation(1), revocation(2)],
      number: 1,
    });
    store.write({
      removedInvites: [invite(1).id, invite(2).id],
      removedMembers: [member(1).peer, member(2).peer, 'f'.repeat(32)],
      removedRevocations: [revocation(1).peer, revocation(2).peer],
      invites: [invite(2)],
      members: [member(2)],
      revocations: [revocation(2)],
      number: 2,
    });
    assert.deepEqual(reopen().load(), {
      invites: [invite(2)],
      members: [member(2)],
      revocations: [revocation(2)],
      number: 2,
    });
  });
}

const peer = (n: number) => n.toString(16).padStart(32, '0');

function invite(n: number): Invite {
  const secret = new Uint8Array(16).fill(n);
  return {
    id: inviteIdOf(secret),
    secret,
    role: 'publish',
    created: 1_700_000_000_000 + n,
    expires: 1_700_086_400_000 + n,
    uses: undefined,
    used: 0,
    standing: false,
    withdrawn: undefined,
  };
}

const member = (n: number): Member => ({
  peer: peer(n),
  publicKey: new Uint8Array(91).fill(n),
  name: `peer-${n}`,
  role: 'fetch',
  invites: [invite(1).id, invite(n).id],
  admitted: 1_700_000_000_500 + n,
  ticketEnds: 1_700_600_000_000 + n,
});

const revocation = (n: number): Revocation => ({
  peer: peer(n),
  revoked: 1_700_000_001_000 + n,
  number: n,
  ticketEnds: 2 ** 52,
});

const sorted = <T>(items: readonly T[], key: keyof T): T[] =>
  items.toSorted((a, b) => (a[key] < b[key] ? -1 : 1));
