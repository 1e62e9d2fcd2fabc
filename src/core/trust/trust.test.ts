import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freshKey } from '../../../test/support/fresh-key.ts';
import { TestNetwork } from '../../../test/support/signers.ts';
import { systemVerifier } from '../../storage/disk/ecdsa.ts';
import { systemClock } from '../clock.ts';
import { toHex } from '../ids.ts';
import { silentLog } from '../ports/log.ts';
import { signRevocations } from './revocations.ts';
import { Trust } from './trust.ts';

describe("a peer's trust", () => {
  it('keeps the list of revocations when the ticket that is remembered is none', () => {
    const network = new TestNetwork();
    const self = freshKey();
    const peers = [freshKey().id];
    const revocations = signRevocations(network.key, { network: network.id, number: 4, peers });
    for (const ticket of ['garbage', network.ticket(self, { mode: undefined as never })]) {
      const trust = new Trust({
        ...{ self, verifier: systemVerifier, clock: systemClock, log: silentLog, mode: 'tls' },
        credentials: { network: network.id, networkKey: toHex(network.key.publicKey), ticket, revocations },
        save: () => {},
      });
      assert.deepEqual([trust.ticket, trust.revocations, trust.isRevoked(peers[0]!)], [undefined, 4, true]);
      assert.throws(() => trust.prove({ side: 'dials', other: peers[0]!, binding: new Uint8Array(32) }), {
        code: 'unavailable',
      });
    }
  });
});
