import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { firstRegistration } from '../src/app/first-registration.ts';
import { Membership } from '../src/app/membership.ts';
import { agentsOf } from '../src/app/trust/agents.ts';
import { MembershipProver } from '../src/app/trust/membership-prover.ts';
import { parseJoinLink } from '../src/core/join-link.ts';
import { type Log, silentLog } from '../src/core/ports/log.ts';
import { systemRandom } from '../src/core/random.ts';
import type { Invite } from '../src/core/trust/invite.ts';
import { joinMessage } from '../src/core/trust/proof.ts';
import { issueTicket, TICKET_GRACE_MS, TICKET_LIFE_MS } from '../src/core/trust/ticket.ts';
import { Trust } from '../src/core/trust/trust.ts';
import { openTlsWire } from '../src/network/wire/tls-wire.ts';
import { Admission } from '../src/registry/admission.ts';
import { systemVerifier } from '../src/storage/disk/ecdsa.ts';
import type { KeyFile } from '../src/storage/disk/key-file.ts';
import { MemoryAdmissionStore } from '../src/storage/memory/admission-store.ts';
import { MemoryKnownPeerStore } from '../src/storage/memory/known-peers.ts';
import { Cluster } from './harness/cluster.ts';
import { eventually } from './harness/eventually.ts';
import { freshKey } from './support/fresh-key.ts';
import { ManualClock } from './support/manual-clock.ts';

const HOUR_MS = 3600 * 1000;
const BINDING = new Uint8Array(32).fill(7);

describe('a clock that is wrong', () => {
  it('by hours is an error that says by how much and which way; by less it is taken', async () => {
    await using cluster = await Cluster.start();
    const link = parseJoinLink(cluster.registry.join);
    const signIn = async (aheadMs: number) => {
      const self = freshKey();
      const clock = new ManualClock(Date.now() + aheadMs);
      const trust = trustOf(self, clock);
      const agent = agentsOf(await openTlsWire(self)).make(link.network, 1);
      const prover = new MembershipProver({ self, verifier: systemVerifier, trust, clock });
      const server = { address: link.addresses[0]!, agent, name: 'the registry' };
      return prover.registry(server, link, AbortSignal.timeout(10_000)).finally(() => agent.destroy());
    };
    const code = 'failed';
    await assert.rejects(signIn(5 * HOUR_MS), { code, message: /clock is 5\.0 h ahead of the registry's/ });
    await assert.rejects(signIn(-3 * HOUR_MS), { code, message: /clock is 3\.0 h behind the registry's/ });
    assert.ok((await signIn(HOUR_MS / 2)).token);
  });

  it('is what a first join fails with', async () => {
    await using cluster = await Cluster.start();
    const link = parseJoinLink(cluster.registry.join);
    const self = freshKey();
    const clock = new ManualClock(Date.now() + 5 * HOUR_MS);
    const trust = trustOf(self, clock);
    await using membership = new Membership({
      link,
      trust,
      prover: new MembershipProver({ self, verifier: systemVerifier, trust, clock }),
      agents: agentsOf(await openTlsWire(self)),
      announcement: () => ({ id: self.id, name: 'x', addresses: [], nonce: '', files: 0, bytes: 0 }),
      store: new MemoryKnownPeerStore(),
      clock,
      random: systemRandom,
      log: silentLog,
    });
    membership.start();
    const outcome = assert.rejects(firstRegistration(membership, false), {
      code: 'failed',
      message: /clock is 5\.0 h ahead/,
      hint: /set the clock/,
    });
    await eventually(() => membership.problem?.code === 'failed');
    await outcome;
  });
});

describe('a ticket in time', () => {
  it('is renewed at half its life, taken late for a week, and then refused', () => {
    const clock = new ManualClock();
    const network = freshKey();
    const [alice, bob] = [freshKey(), freshKey()];
    const admission = admissionOf(network, clock);
    const trusts = [alice, bob].map((self) => {
      admit(admission, network.id, self, admission.invites.standing());
      const trust = trustOf(self, clock);
      trust.takeNetwork(network.id, network.publicKey);
      trust.takeTicket(admission.ticketIfDue(self.id, undefined)!);
      return trust;
    });
    const [its, others] = trusts as [Trust, Trust];
    const lets = () =>
      others.check(
        { side: 'dials', self: alice.id, binding: BINDING },
        its.prove({ side: 'dials', other: bob.id, binding: BINDING }),
      );
    const renew = () => {
      const text = admission.ticketIfDue(alice.id, its.ticket?.expires);
      if (text !== undefined) its.takeTicket(text);
      return text !== undefined;
    };
    clock.advance(TICKET_LIFE_MS / 2 - 1);
    assert.equal(renew(), false);
    clock.advance(1);
    assert.equal(renew(), true);
    assert.equal(its.ticket?.expires, clock.now() + TICKET_LIFE_MS);
    clock.advance(TICKET_LIFE_MS);
    assert.equal(lets().peer, alice.id, 'late, but the registry may be down');
    clock.advance(TICKET_GRACE_MS);
    assert.throws(lets, { code: 'forbidden', message: /its ticket ended at 2030-/ });
    assert.equal(renew(), true);
    assert.equal(lets().peer, alice.id);
    clock.step(-2 * HOUR_MS);
    assert.throws(lets, { code: 'forbidden', message: /one of the two clocks is wrong/ });
  });

  it('that is late is refused by who reaches the registry, and said once by who does not', () => {
    const clock = new ManualClock();
    const network = freshKey();
    const [alice, bob] = [freshKey(), freshKey()];
    const admission = admissionOf(network, clock);
    let isThere = true;
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (text: string) => void warnings.push(text) };
    const trusts = [alice, bob].map((self) => {
      admit(admission, network.id, self, admission.invites.standing());
      const trust = trustOf(self, clock, () => isThere, log);
      trust.takeNetwork(network.id, network.publicKey);
      trust.takeTicket(admission.ticketIfDue(self.id, undefined)!);
      return trust;
    });
    const [its, others] = trusts as [Trust, Trust];
    const shown = (side: 'dials' | 'accepts') => {
      const proof = its.prove({ side, other: bob.id, binding: BINDING });
      return others.check({ side, self: alice.id, binding: BINDING }, proof);
    };
    clock.advance(TICKET_LIFE_MS);
    for (const side of ['dials', 'accepts'] as const) {
      isThere = true;
      assert.throws(() => shown(side), { code: 'forbidden', message: /ended at .* the registry is there/ });
      isThere = false;
      assert.equal(shown(side).peer, alice.id);
    }
    assert.deepEqual(warnings.length, 1);
    assert.match(warnings[0]!, /has ended; taken while the registry cannot be reached/);
  });

  it('of another mode is not taken from a registry', () => {
    const network = freshKey();
    const self = freshKey();
    const clock = new ManualClock();
    const trust = trustOf(self, clock);
    trust.takeNetwork(network.id, network.publicKey);
    const [issued, expires] = [clock.now(), clock.now() + 1];
    const given = {
      network: network.id,
      peer: self.id,
      name: 'x',
      role: 'publish',
      issued,
      expires,
    } as const;
    const other = issueTicket(network, { ...given, mode: 'plaintext' });
    assert.throws(() => trust.takeTicket(other), { code: 'verification', message: /of a plaintext network/ });
    trust.takeTicket(issueTicket(network, { ...given, mode: 'tls' }));
    assert.equal(trust.ticket?.mode, 'tls');
  });

  it('is another one at once when a link has given another role', () => {
    const clock = new ManualClock();
    const network = freshKey();
    const self = freshKey();
    const admission = admissionOf(network, clock);
    const trust = trustOf(self, clock);
    trust.takeNetwork(network.id, network.publicKey);
    for (const role of ['fetch', 'publish'] as const) {
      admit(admission, network.id, self, admission.invites.make({ role }));
      trust.takeTicket(admission.ticketIfDue(self.id, trust.ticket?.expires)!);
      assert.equal(trust.ticket?.role, role);
      assert.equal(admission.ticketIfDue(self.id, trust.ticket?.expires), undefined);
    }
  });
});

const admissionOf = (network: KeyFile, clock: ManualClock): Admission =>
  new Admission({
    clock,
    network,
    mode: 'tls',
    store: new MemoryAdmissionStore(),
    verifier: systemVerifier,
    secret: () => new Uint8Array(randomBytes(16)),
    maxInvites: 10,
    maxMembers: 10,
  });

function admit(
  admission: Admission,
  network: string,
  { id: peer, publicKey }: KeyFile,
  invite: Invite,
): void {
  const mac = systemVerifier.hmac(invite.secret, joinMessage({ network, peer, binding: BINDING }));
  admission.admit({ peer, publicKey, invite: invite.id, mac, binding: BINDING });
}

const trustOf = (
  self: KeyFile,
  clock: ManualClock,
  registryAnswers = () => false,
  log: Log = silentLog,
): Trust =>
  new Trust({
    self,
    verifier: systemVerifier,
    clock,
    log,
    mode: 'tls',
    registryAnswers,
    credentials: undefined,
    save: () => {},
  });
