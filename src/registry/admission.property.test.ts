import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { freshKey } from '../../test/support/fresh-key.ts';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { PeerdexError } from '../core/errors.ts';
import { formatSecret } from '../core/trust/invite.ts';
import { joinMessage } from '../core/trust/proof.ts';
import { readRevocations } from '../core/trust/revocations.ts';
import { ROLES, type Role } from '../core/trust/role.ts';
import { systemVerifier } from '../storage/disk/ecdsa.ts';
import { MemoryAdmissionStore } from '../storage/memory/admission-store.ts';
import { Admission } from './admission.ts';

const HOUR_MS = 3600 * 1000;
const MAX_MEMBERS = 3;
const NETWORK = freshKey();
const KEYS = Array.from({ length: 6 }, freshKey);
const BINDING = new Uint8Array(32).fill(1);

type Step =
  | { readonly do: 'invite'; readonly role: Role; readonly hours: number; readonly uses: number | undefined }
  | { readonly do: 'admit'; readonly peer: number; readonly invite: number; readonly proves: boolean }
  | { readonly do: 'revoke'; readonly peer: number }
  | { readonly do: 'depart'; readonly peer: number }
  | { readonly do: 'ticket'; readonly peer: number }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'restart' };

const peer = fc.nat(KEYS.length - 1);
const uses = fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined });
const hours = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 61, max: 900 }));
const just = <const T>(value: T) => fc.constant(value);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: just('invite'), role: fc.constantFrom(...ROLES), hours, uses }) },
  {
    weight: 9,
    arbitrary: fc.record({
      do: just('admit'),
      peer,
      invite: fc.nat(30),
      proves: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: just('revoke'), peer }) },
  { weight: 2, arbitrary: fc.record({ do: just('depart'), peer }) },
  { weight: 1, arbitrary: fc.record({ do: just('ticket'), peer }) },
  { weight: 3, arbitrary: fc.record({ do: just('wait'), hours }) },
  { weight: 1, arbitrary: fc.record({ do: just('restart') }) },
);

/** The plainest thing that could be right. Times are hours. Invites are counted in the order in which they were made. */
class Model {
  hour = 0;
  number = 0;
  readonly invites: {
    role: Role;
    expires: number;
    uses: number;
    used: number;
    standing: boolean;
    withdrawn: boolean;
  }[] = [];
  readonly members = new Map<number, { role: Role; by: Set<number> }>();
  /** Who went for good, in that order. */
  readonly gone = new Map<number, { by: Set<number>; hour: number }>();
  readonly revoked = new Map<number, number>();

  constructor() {
    this.standing();
  }

  apply(one: Step): string {
    if (one.do === 'invite') this.make(one.role, one.hours, one.uses ?? Number.POSITIVE_INFINITY, false);
    if (one.do === 'wait') this.wait(one.hours);
    if (one.do === 'admit') return this.admit(one.peer, one.invite % this.invites.length, one.proves);
    if (one.do === 'revoke') this.revoke(one.peer);
    if (one.do === 'depart') this.depart(one.peer);
    if (one.do === 'ticket' && this.revoked.has(one.peer)) return 'forbidden';
    if (one.do === 'ticket' && !this.members.has(one.peer)) return 'unauthorized';
    return 'done';
  }

  private make(role: Role, life: number, most: number, standing: boolean): void {
    const expires = this.hour + life;
    this.invites.push({ role, expires, uses: most, used: 0, standing, withdrawn: false });
  }

  private standing(): void {
    const good = this.invites.some(
      (one) => one.standing && !one.withdrawn && one.expires - this.hour > 10 * 24,
    );
    if (!good) this.make('publish', 30 * 24, Number.POSITIVE_INFINITY, true);
  }

  private admit(who: number, which: number, proves: boolean): string {
    const invite = this.invites[which]!;
    const known = this.members.get(who);
    if (this.revoked.has(who)) return 'forbidden';
    if (this.hour - invite.expires > 30 * 24 || !proves) return 'unauthorized';
    if (known?.role === invite.role && known.by.has(which)) return 'done';
    if (invite.withdrawn || this.hour >= invite.expires || invite.used >= invite.uses) return 'forbidden';
    if (!known && this.members.size >= MAX_MEMBERS) return 'limit';
    if (known?.role !== invite.role) invite.used += 1;
    const before = known?.by ?? this.gone.get(who)?.by ?? [];
    this.members.set(who, { role: invite.role, by: new Set([...before, which]) });
    this.gone.delete(who);
    return 'done';
  }

  private revoke(who: number): void {
    if (this.revoked.has(who)) return;
    const { by } = this.members.get(who) ?? this.gone.get(who) ?? { by: [] };
    for (const which of by) this.invites[which]!.withdrawn = true;
    this.gone.delete(who);
    this.standing();
    this.members.delete(who);
    this.revoked.set(who, this.hour);
    this.number += 1;
  }

  private depart(who: number): void {
    const known = this.members.get(who);
    if (!known) return;
    this.members.delete(who);
    if (this.gone.size >= MAX_MEMBERS) this.gone.delete([...this.gone.keys()][0]!);
    this.gone.set(who, { by: known.by, hour: this.hour });
  }

  private wait(time: number): void {
    this.hour += time;
    for (const [who, { hour }] of this.gone) if (this.hour - hour > 30 * 24) this.gone.delete(who);
    const over = [...this.revoked].filter(([, since]) => this.hour - since > 15 * 24);
    for (const [who] of over) this.revoked.delete(who);
    if (over.length > 0) this.number += 1;
    this.standing();
  }
}

class Real {
  readonly clock = new ManualClock();
  readonly store = new MemoryAdmissionStore();
  /** Every invite that was ever made, in order. */
  readonly made: { readonly id: string; readonly secret: Uint8Array }[] = [];
  #secrets = 0;
  admission = this.open();

  constructor() {
    this.admission.invites.standing();
    this.look();
  }

  apply(one: Step): string {
    try {
      this.run(one);
      return 'done';
    } catch (error) {
      if (error instanceof PeerdexError) return error.code;
      throw error;
    } finally {
      this.look();
    }
  }

  private open(): Admission {
    return new Admission({
      clock: this.clock,
      store: this.store,
      network: NETWORK,
      mode: 'tls',
      verifier: systemVerifier,
      secret: () => {
        this.#secrets += 1;
        return new Uint8Array(16).fill(this.#secrets);
      },
      maxInvites: 1000,
      maxMembers: MAX_MEMBERS,
    });
  }

  private look(): void {
    const known = new Set(this.made.map(({ id }) => id));
    const fresh = this.admission.invites.all().filter(({ id }) => !known.has(id));
    this.made.push(...fresh.sort((a, b) => (formatSecret(a.secret) < formatSecret(b.secret) ? -1 : 1)));
  }

  private run(one: Step): void {
    const { admission, clock } = this;
    if (one.do === 'restart') this.admission = this.open();
    else if (one.do === 'invite')
      admission.invites.make({ role: one.role, expiresMs: one.hours * HOUR_MS, uses: one.uses });
    else if (one.do === 'revoke') admission.revoke(KEYS[one.peer]!.id);
    else if (one.do === 'depart') admission.gone.add(KEYS[one.peer]!.id);
    else if (one.do === 'ticket') admission.ticket(KEYS[one.peer]!.id);
    else if (one.do === 'wait') {
      clock.advance(one.hours * HOUR_MS);
      admission.sweep();
    } else {
      const { id, publicKey } = KEYS[one.peer]!;
      const invite = this.made[one.invite % this.made.length]!;
      const secret = one.proves ? invite.secret : new Uint8Array(16);
      const mac = systemVerifier.hmac(
        secret,
        joinMessage({ network: NETWORK.id, peer: id, binding: BINDING }),
      );
      admission.admit({ peer: id, publicKey, invite: invite.id, mac, binding: BINDING });
    }
  }
}

test('admission does as the plain model says, whatever order things come in and however often it restarts', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const model = new Model();
      const real = new Real();
      for (const one of steps) {
        const before = real.admission.number;
        assert.equal(real.apply(one), model.apply(one), JSON.stringify(one));
        const { admission } = real;
        assert.deepEqual(
          new Map(admission.members().map((member) => [member.peer, member.role])),
          new Map([...model.members].map(([n, { role }]) => [KEYS[n]!.id, role])),
        );
        assert.deepEqual(
          admission.gone.all().toSorted(),
          [...model.gone.keys()].map((n) => KEYS[n]!.id).toSorted(),
        );
        const list = readRevocations(admission.revocations(), NETWORK.publicKey, systemVerifier);
        assert.deepEqual(list.peers, [...model.revoked.keys()].map((n) => KEYS[n]!.id).sort());
        assert.equal(list.number, model.number);
        assert.ok(list.number >= before, 'the number never falls');
        assert.equal(real.made.length, model.invites.length);
        for (const invite of admission.invites.all()) {
          const known = model.invites[real.made.findIndex(({ id }) => id === invite.id)]!;
          assert.deepEqual(
            [invite.used, invite.withdrawn !== undefined, invite.standing],
            [known.used, known.withdrawn, known.standing],
          );
        }
        const standing = admission.invites.open().filter((invite) => invite.standing);
        assert.ok(standing.length >= 1 || one.do === 'restart', 'there is always a link to print');
      }
    }),
    { numRuns: 100 },
  );
});
