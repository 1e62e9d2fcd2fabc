import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { freshKey } from '../../../test/support/fresh-key.ts';
import { systemVerifier } from '../../storage/disk/ecdsa.ts';
import { readRevocations, signRevocations } from './revocations.ts';
import { isDueForRenewal, issueTicket, readTicket, standingOf, type Ticket } from './ticket.ts';

const NETWORK = freshKey();
const TICKET: Ticket = {
  network: NETWORK.id,
  mode: 'tls',
  peer: 'ab'.repeat(16),
  name: 'lab-7',
  role: 'publish',
  issued: 1_000_000_000_000,
  expires: 1_000_604_800_000,
};

describe('a ticket', () => {
  it('reads as it was issued', () => {
    assert.deepEqual(readTicket(issueTicket(NETWORK, TICKET), NETWORK.publicKey, systemVerifier), TICKET);
  });

  it('of another network is refused', () => {
    const text = issueTicket(freshKey(), TICKET);
    assert.throws(
      () => readTicket(text, NETWORK.publicKey, systemVerifier),
      /signature of this ticket is wrong/,
    );
  });

  it('altered anywhere is refused', () => {
    const text = issueTicket(NETWORK, TICKET);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...'AZaz09-_.'), (at, char) => {
        const altered = text.slice(0, at) + char + text.slice(at + 1);
        // The last digit of base64 may carry bits that mean nothing.
        const same = altered.split('.').every((part, i) => sameBytes(part, text.split('.')[i]));
        if (same) return;
        assert.throws(() => readTicket(altered, NETWORK.publicKey, systemVerifier), { code: 'verification' });
      }),
    );
  });

  it('that is anything else is refused with a sentence', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        assert.throws(() => readTicket(text, NETWORK.publicKey, systemVerifier), { code: 'verification' });
      }),
    );
  });

  it('lacking something is refused although the network signed it', () => {
    for (const key of Object.keys(TICKET)) {
      const { [key as keyof Ticket]: _gone, ...rest } = TICKET;
      const text = issueTicket(NETWORK, rest as Ticket);
      assert.throws(() => readTicket(text, NETWORK.publicKey, systemVerifier), /lacks something/, key);
    }
  });

  it('of one kind does not pass for another', () => {
    const list = signRevocations(NETWORK, { network: NETWORK.id, number: 1, peers: [] });
    assert.throws(
      () => readTicket(list, NETWORK.publicKey, systemVerifier),
      /signature of this ticket is wrong/,
    );
    const ticket = issueTicket(NETWORK, TICKET);
    assert.throws(() => readRevocations(ticket, NETWORK.publicKey, systemVerifier), { code: 'verification' });
  });

  it('is renewed from half of its life on, taken late for a week more, and not before its time', () => {
    const { issued, expires } = TICKET;
    const day = 24 * 3600 * 1000;
    assert.equal(isDueForRenewal(TICKET, issued + 3.4 * day), false);
    assert.equal(isDueForRenewal(TICKET, issued + 3.5 * day), true);
    assert.equal(standingOf(TICKET, issued - 3_600_001), 'not-yet');
    assert.equal(standingOf(TICKET, issued - 3_600_000), 'valid');
    assert.equal(standingOf(TICKET, expires - 1), 'valid');
    assert.equal(standingOf(TICKET, expires), 'late');
    assert.equal(standingOf(TICKET, expires + 7 * day), 'ended');
  });
});

describe('a list of revocations', () => {
  it('reads as it was signed, and refuses ids that are none', () => {
    const list = { network: NETWORK.id, number: 7, peers: ['cd'.repeat(16)] };
    const read = (peers: string[]) =>
      readRevocations(signRevocations(NETWORK, { ...list, peers }), NETWORK.publicKey, systemVerifier);
    assert.deepEqual(read(list.peers), list);
    assert.throws(() => read(['CD'.repeat(16)]), /lacks something/);
  });
});

const sameBytes = (a = '', b = ''): boolean =>
  Buffer.from(a, 'base64url').equals(Buffer.from(b, 'base64url'));
