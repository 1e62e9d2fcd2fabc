import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { freshKey } from '../../test/support/fresh-key.ts';
import { ManualClock } from '../../test/support/manual-clock.ts';
import type { PeerId } from '../core/ids.ts';
import type { Invite } from '../core/trust/invite.ts';
import { joinMessage } from '../core/trust/proof.ts';
import { readRevocations, signRevocations } from '../core/trust/revocations.ts';
import { issueTicket, readTicket, TICKET_LIFE_MS } from '../core/trust/ticket.ts';
import { systemVerifier } from '../storage/disk/ecdsa.ts';
import { MemoryAdmissionStore } from '../storage/memory/admission-store.ts';
import { Admission, type AdmissionOptions } from './admission.ts';
import type { JoinRequest } from './join-request.ts';

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const NETWORK = freshKey();
const KEYS = Array.from({ length: 8 }, freshKey);
const BINDING = new Uint8Array(32).fill(5);
const id = (n: number): PeerId => KEYS[n]!.id;

function make(more: Partial<AdmissionOptions> = {}) {
  const clock = new ManualClock();
  const store = new MemoryAdmissionStore();
  const revoked: PeerId[] = [];
  const open = () =>
    new Admission({
      clock,
      store,
      network: NETWORK,
      mode: 'tls',
      verifier: systemVerifier,
      secret: () => new Uint8Array(randomBytes(16)),
      maxInvites: 20,
      maxMembers: 100,
      onRevoked: (peers) => revoked.push(...peers),
      ...more,
    });
  return { clock, store, open, admission: open(), revoked };
}

function request(n: number, invite: Invite, more: Partial<JoinRequest> = {}): JoinRequest {
  const { id: peer, publicKey } = KEYS[n]!;
  const mac = systemVerifier.hmac(
    invite.secret,
    joinMessage({ network: NETWORK.id, peer, binding: BINDING }),
  );
  return { peer, publicKey, name: `peer-${n}`, invite: invite.id, mac, binding: BINDING, ...more };
}

const listOf = (text: string) => readRevocations(text, NETWORK.publicKey, systemVerifier);
const ticketOf = (text: string) => readTicket(text, NETWORK.publicKey, systemVerifier);

describe('an invite', () => {
  it('admits who has its secret, with its role, and is remembered with the member', () => {
    const { admission, clock } = make();
    const invite = admission.invites.make({ role: 'fetch' });
    assert.equal(invite.expires - invite.created, DAY_MS);
    const { member, isNew } = admission.admit(request(1, invite));
    assert.equal(isNew, true);
    assert.deepEqual(
      [member.peer, member.name, member.role, member.invites, member.admitted],
      [id(1), 'peer-1', 'fetch', [invite.id], clock.now()],
    );
    assert.deepEqual(admission.member(id(1)), member);
    assert.equal(admission.member(id(2)), undefined);
  });

  it('is refused with its own sentence for each thing that can be wrong', () => {
    const { admission, clock } = make({ maxMembers: 3 });
    const once = admission.invites.make({ role: 'publish', uses: 1 });
    const other = make().admission.invites.make({ role: 'publish' });
    const soon = admission.invites.make({ role: 'publish', expiresMs: HOUR_MS });
    const refuse = (one: JoinRequest, code: string, message: RegExp) =>
      assert.throws(
        () => admission.admit(one),
        (error: Error & { code: string; hint?: string }) => {
          assert.equal(error.code, code);
          assert.match(error.message, message);
          assert.ok(error.hint || code === 'unauthorized', 'says what to do');
          return true;
        },
      );
    refuse(request(1, other), 'unauthorized', /secret of this join link is wrong or was made by another/);
    const right = request(1, once);
    refuse({ ...right, mac: right.mac.map((byte) => byte ^ 1) }, 'unauthorized', /proof .* is wrong/);
    refuse({ ...right, mac: right.mac.slice(1) }, 'unauthorized', /proof .* is wrong/);
    refuse({ ...right, binding: new Uint8Array(32) }, 'unauthorized', /proof .* is wrong/);
    refuse({ ...right, publicKey: KEYS[2]!.publicKey }, 'unauthorized', /public key/);
    refuse({ ...right, peer: id(2), publicKey: KEYS[2]!.publicKey }, 'unauthorized', /proof .* is wrong/);
    admission.admit(right);
    refuse(request(2, once), 'forbidden', /used up/);
    admission.admit(request(3, soon));
    clock.advance(HOUR_MS);
    refuse(request(2, soon), 'forbidden', /has ended/);
    const last = admission.invites.make({ role: 'publish' });
    admission.admit(request(4, last));
    refuse(request(5, last), 'limit', /3 members/);
    admission.revoke(id(4));
    refuse(request(5, last), 'forbidden', /withdrawn/);
    refuse(request(4, admission.invites.standing()), 'forbidden', /was revoked/);
  });

  it('may be shown again by whom it admitted, so that a lost answer costs no use', () => {
    const { admission, clock } = make();
    const once = admission.invites.make({ role: 'publish', uses: 1 });
    const { member } = admission.admit(request(1, once));
    assert.deepEqual(admission.admit(request(1, once)), { member, isNew: false });
    clock.advance(2 * DAY_MS);
    assert.deepEqual(admission.admit(request(1, once)), { member, isNew: false });
    assert.equal(admission.invites.all()[0]!.used, 1);
  });

  it('of another role gives a member that role and costs a use; both invites go with it', () => {
    const { admission } = make();
    const first = admission.invites.make({ role: 'fetch' });
    const second = admission.invites.make({ role: 'admin', uses: 2 });
    const third = admission.invites.make({ role: 'admin' });
    admission.admit(request(1, first));
    assert.equal(admission.admit(request(1, second)).member.role, 'admin');
    admission.admit(request(1, third));
    const used = (invite: Invite) => admission.invites.all().find((one) => one.id === invite.id)!.used;
    assert.deepEqual([used(first), used(second), used(third)], [1, 1, 0]);
    assert.deepEqual(admission.member(id(1))!.invites, [first.id, second.id, third.id]);
    assert.equal(admission.admit(request(1, first)).member.role, 'fetch');
    assert.deepEqual(
      admission.revoke(id(1)).withdrawn.toSorted(),
      [first, second, third].map((i) => i.id).sort(),
    );
  });

  it('makes sense and there are not too many of them', () => {
    const { admission, clock } = make({ maxInvites: 2 });
    for (const wish of [
      { expiresMs: 0 },
      { expiresMs: Number.NaN },
      { expiresMs: 4e11 },
      { uses: 0 },
      { uses: 1.5 },
    ])
      assert.throws(() => admission.invites.make({ role: 'publish', ...wish }), { code: 'usage' });
    admission.invites.make({ role: 'publish' });
    admission.invites.make({ role: 'publish' });
    assert.throws(() => admission.invites.make({ role: 'publish' }), { code: 'limit', hint: /invites/ });
    assert.ok(admission.invites.standing(), 'the standing one is made in any case');
    clock.advance(DAY_MS);
    admission.invites.make({ role: 'publish' });
    assert.equal(admission.invites.all().length, 2, 'ended ones made room');
  });
});

describe('the standing invite', () => {
  it('stays the same over restarts, is replaced 10 days before its end and holds to its end', () => {
    const { admission, open, clock } = make();
    const first = admission.invites.standing();
    assert.deepEqual(
      [first.role, first.uses, first.expires - first.created],
      ['publish', undefined, 30 * DAY_MS],
    );
    clock.advance(19 * DAY_MS);
    assert.equal(open().invites.standing().id, first.id);
    clock.advance(DAY_MS);
    const restarted = open();
    const second = restarted.invites.standing();
    assert.notEqual(second.id, first.id);
    restarted.admit(request(1, first));
    clock.advance(10 * DAY_MS);
    assert.throws(() => restarted.admit(request(2, first)), /has ended/);
    restarted.admit(request(2, second));
    clock.advance(11 * DAY_MS);
    restarted.sweep();
    assert.equal(restarted.invites.open().length, 2, 'the next one is made in time');
    clock.advance(60 * DAY_MS);
    restarted.sweep();
    assert.ok(!restarted.invites.all().some((invite) => invite.id === first.id), 'forgotten when long ended');
  });

  it('that admitted somebody who is revoked is withdrawn and replaced; others who came by it stay', () => {
    const { admission, revoked } = make();
    const before = admission.invites.standing();
    admission.admit(request(1, before));
    admission.admit(request(2, before));
    const { standing, withdrawn } = admission.revoke(id(1));
    assert.deepEqual(withdrawn, [before.id]);
    assert.deepEqual([standing?.id, revoked], [admission.invites.standing().id, [id(1)]]);
    assert.notEqual(standing!.id, before.id);
    assert.throws(() => admission.admit(request(3, before)), /withdrawn/);
    assert.ok(admission.member(id(2)));
    admission.admit(request(2, before));
    assert.equal(admission.member(id(1)), undefined);
  });
});

describe('a ticket', () => {
  it('says who the member is, holds 7 days and is remembered', () => {
    const { admission, open, clock } = make();
    admission.admit(request(1, admission.invites.make({ role: 'fetch' })));
    const ticket = ticketOf(admission.ticket(id(1), 'peer-1-2'));
    const issued = clock.now();
    const expires = issued + TICKET_LIFE_MS;
    const given = { role: 'fetch', mode: 'tls', issued, expires };
    assert.deepEqual(ticket, { network: NETWORK.id, peer: id(1), name: 'peer-1-2', ...given });
    const { name, ticketEnds } = open().member(id(1))!;
    assert.deepEqual([name, ticketEnds], ['peer-1-2', expires]);
  });

  it('is renewed from half of its life on, for another name, and when its end is impossible', () => {
    const { admission, clock } = make();
    admission.admit(request(1, admission.invites.standing()));
    const { expires } = ticketOf(admission.ticketIfDue(id(1), undefined)!);
    assert.equal(admission.ticketIfDue(id(1), expires), undefined);
    assert.equal(admission.ticketIfDue(id(1), expires, 'peer-1'), undefined);
    assert.equal(ticketOf(admission.ticketIfDue(id(1), expires, 'lab')!).name, 'lab');
    assert.ok(admission.ticketIfDue(id(1), expires + 2 * HOUR_MS));
    clock.advance(3.5 * DAY_MS - 1);
    assert.equal(admission.ticketIfDue(id(1), expires), undefined);
    clock.advance(1);
    assert.ok(admission.ticketIfDue(id(1), expires));
  });

  it('is for members only', () => {
    const { admission } = make();
    assert.throws(() => admission.ticket(id(1)), { code: 'unauthorized', hint: /join/ });
    admission.admit(request(1, admission.invites.standing()));
    admission.revoke(id(1));
    assert.throws(() => admission.ticketIfDue(id(1), undefined), { code: 'forbidden' });
  });
});

describe('a member that goes for good', () => {
  it('makes room, and comes in again as a newcomer or by its ticket, with the role that it had', () => {
    const { admission, open, clock } = make({ maxMembers: 1 });
    const invite = admission.invites.make({ role: 'fetch', uses: 3 });
    const { publicKey } = KEYS[1]!;
    admission.admit(request(1, invite));
    const ticket = admission.ticket(id(1));
    assert.throws(() => admission.admit(request(2, invite)), { code: 'limit' });
    admission.gone.add(id(1));
    assert.deepEqual([admission.member(id(1)), admission.members()], [undefined, []]);
    assert.throws(() => admission.ticket(id(1)), { code: 'unauthorized' });
    admission.admit(request(2, invite));
    assert.throws(() => admission.readmit(id(1), publicKey, ticket), { code: 'limit' });
    admission.gone.add(id(2));
    assert.deepEqual(open().gone.all(), [id(2)], 'as many are remembered as there may be members');
    admission.gone.add(id(2));
    const back = admission.readmit(id(2), KEYS[2]!.publicKey, ticketFor(2));
    assert.deepEqual([back.role, back.invites], ['fetch', [invite.id]], 'not as an older ticket of it says');
    admission.gone.add(id(2));
    assert.equal(admission.admit(request(2, invite)).isNew, true);
    assert.equal(
      admission.invites.all().find((one) => one.id === invite.id)?.used,
      3,
      'each time costs a use',
    );
    admission.gone.add(id(2));
    assert.throws(() => admission.admit(request(2, invite)), { code: 'forbidden', message: /used up/ });

    function ticketFor(n: number): string {
      const issued = clock.now();
      const known = { network: NETWORK.id, mode: 'tls', peer: id(n), name: 'x', role: 'admin' } as const;
      return issueTicket(NETWORK, { ...known, issued, expires: issued + TICKET_LIFE_MS });
    }
  });

  it('is revoked like any other for 30 days, and the link by which it came with it', () => {
    const { admission, clock, open } = make();
    const invite = admission.invites.make({ role: 'fetch', expiresMs: 90 * DAY_MS });
    for (const n of [1, 2]) {
      admission.admit(request(n, invite));
      admission.gone.add(id(n));
    }
    clock.advance(29 * DAY_MS);
    admission.sweep();
    const after = open();
    assert.deepEqual(after.revoke(id(1)).withdrawn, [invite.id]);
    assert.deepEqual(after.gone.all(), [id(2)]);
    assert.throws(() => after.admit(request(3, invite)), { code: 'forbidden', message: /withdrawn/ });
    clock.advance(2 * DAY_MS);
    after.sweep();
    assert.deepEqual(after.gone.all(), []);
  });
});

describe('the list of revocations', () => {
  it('is signed and numbered, and its number grows with each change', () => {
    const { admission, open } = make();
    assert.deepEqual(listOf(admission.revocations()), { network: NETWORK.id, number: 0, peers: [] });
    admission.admit(request(1, admission.invites.standing()));
    assert.equal(admission.revoke(id(1)).number, 1);
    assert.deepEqual(listOf(admission.revocations()).peers, [id(1)]);
    const again = admission.revoke(id(1));
    assert.deepEqual([again.already, again.number], [true, 1]);
    assert.equal(admission.revocations(), admission.revocations());
    const restarted = open();
    assert.deepEqual(listOf(restarted.revocations()), listOf(admission.revocations()));
    assert.equal(restarted.isRevoked(id(1)), true);
  });

  it('lets a peer go when nobody can take its last ticket any more', () => {
    const { admission, clock } = make();
    admission.admit(request(1, admission.invites.standing()));
    admission.ticket(id(1));
    clock.advance(2 * DAY_MS);
    admission.revoke(id(1));
    clock.advance(15 * DAY_MS);
    admission.sweep();
    assert.equal(admission.isRevoked(id(1)), true);
    clock.advance(HOUR_MS);
    admission.sweep();
    assert.deepEqual(listOf(admission.revocations()), { network: NETWORK.id, number: 2, peers: [] });
    assert.equal(admission.member(id(1)), undefined);
  });

  it('of a later life is taken over by a registry that was restored, and nobody gets off it', () => {
    const { admission, revoked } = make();
    const invite = admission.invites.make({ role: 'publish' });
    const unrelated = admission.invites.make({ role: 'publish' });
    for (const n of [1, 2, 3]) admission.admit(request(n, n === 3 ? unrelated : invite));
    const sign = (number: number, ...peers: PeerId[]) =>
      signRevocations(NETWORK, { network: NETWORK.id, number, peers });
    assert.equal(admission.adopt(sign(5, id(1))), true);
    assert.deepEqual([revoked, admission.number, admission.member(id(1))], [[id(1)], 5, undefined]);
    assert.throws(() => admission.admit(request(4, invite)), /withdrawn/);
    admission.admit(request(4, unrelated));
    assert.equal(admission.adopt(sign(5, id(1))), false);
    assert.equal(admission.adopt(sign(4, id(2))), false);
    assert.ok(admission.member(id(2)), 'a lower number says nothing');
    assert.equal(admission.adopt(sign(9, id(2))), true);
    assert.deepEqual(listOf(admission.revocations()), {
      network: NETWORK.id,
      number: 10,
      peers: [id(1), id(2)].sort(),
    });
    admission.revoke(id(3));
    assert.equal(admission.adopt(sign(11, id(1), id(2), id(4))), true, 'the same number, another list');
    assert.equal(admission.number, 12);
    assert.deepEqual(admission.revoked().toSorted(), [1, 2, 3, 4].map(id).sort());
  });

  it('that names somebody unknown ends every invite: nobody knows by which he came', () => {
    const { admission } = make();
    const standing = admission.invites.standing();
    const text = signRevocations(NETWORK, { network: NETWORK.id, number: 1, peers: [id(7)] });
    assert.equal(admission.adopt(text), true);
    assert.throws(() => admission.admit(request(1, standing)), /withdrawn/);
    assert.notEqual(admission.invites.standing().id, standing.id);
  });

  it('puts out who was taken back by its ticket alone, with every invite', () => {
    const { admission, clock } = make();
    const [standing, other] = [admission.invites.standing(), admission.invites.make({ role: 'fetch' })];
    const [issued, expires] = [clock.now(), clock.now() + TICKET_LIFE_MS];
    const given = { network: NETWORK.id, mode: 'tls', name: 'lab', role: 'admin', issued, expires } as const;
    const { publicKey } = KEYS[1]!;
    const ticket = issueTicket(NETWORK, { ...given, peer: id(1) });
    const refused = (text: string, code: string) =>
      assert.throws(() => admission.readmit(id(1), publicKey, text), { code });
    refused(issueTicket(freshKey(), { ...given, peer: id(1) }), 'verification');
    refused(issueTicket(NETWORK, { ...given, peer: id(2) }), 'forbidden');
    refused(issueTicket(NETWORK, { ...given, peer: id(1), issued: 0, expires: 1 }), 'forbidden');
    assert.throws(() => admission.readmit(id(1), KEYS[2]!.publicKey, ticket), { code: 'unauthorized' });
    const { role, name, invites } = admission.readmit(id(1), publicKey, ticket);
    assert.deepEqual([role, name, invites], ['admin', 'lab', []]);
    assert.equal(
      admission.ticketIfDue(id(1), expires, 'lab'),
      undefined,
      'its ticket is as good as one of ours',
    );
    const { withdrawn } = admission.revoke(id(1));
    assert.deepEqual(withdrawn.toSorted(), [standing.id, other.id].sort());
    assert.throws(() => admission.readmit(id(1), publicKey, ticket), {
      code: 'forbidden',
      message: /revoked/,
    });
  });

  it('of anybody else is refused', () => {
    const { admission } = make();
    const stranger = freshKey();
    const forged = signRevocations(stranger, { network: NETWORK.id, number: 5, peers: [id(1)] });
    assert.throws(() => admission.adopt(forged), { code: 'verification' });
    const strange = signRevocations(NETWORK, { network: stranger.id, number: 5, peers: [id(1)] });
    assert.throws(() => admission.adopt(strange), { code: 'verification', message: /another network/ });
    assert.throws(() => admission.adopt('x'.repeat(2 ** 21)), { code: 'verification' });
    assert.equal(admission.number, 0);
  });

  it('is bounded', () => {
    const { admission } = make();
    const peers = Array.from({ length: 20_000 }, (_, n) => n.toString(16).padStart(32, '0'));
    admission.adopt(signRevocations(NETWORK, { network: NETWORK.id, number: 1, peers }));
    assert.throws(() => admission.revoke(id(1)), { code: 'limit', hint: /15 days/ });
    assert.equal(admission.number, 1);
    assert.equal(listOf(admission.revocations()).peers.length, 20_000);
  });
});
