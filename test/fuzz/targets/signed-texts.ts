import assert from 'node:assert/strict';
import { systemClock } from '../../../src/core/clock.ts';
import { isPeerId } from '../../../src/core/ids.ts';
import { bindingOf, proofMessage } from '../../../src/core/trust/proof.ts';
import { MAX_REVOKED, readRevocations, signRevocations } from '../../../src/core/trust/revocations.ts';
import { isRole } from '../../../src/core/trust/role.ts';
import { readSignedText, signText } from '../../../src/core/trust/signed-text.ts';
import { issueTicket, readTicket } from '../../../src/core/trust/ticket.ts';
import { encodeFrame } from '../../../src/protocol/swarm/encode.ts';
import { systemVerifier } from '../../../src/storage/disk/ecdsa.ts';
import { freshKey } from '../../support/fresh-key.ts';
import { mutatedText } from '../mutate.ts';
import { mutatedJson } from '../mutate-json.ts';
import { quickKey, quickVerifier } from '../quick-keys.ts';
import { orRefused } from '../refusal.ts';
import { target } from '../target.ts';
import { NETWORK, trustOf } from '../trust.ts';

const TAG = 'peerdex/ticket/1';

/** Only what the network signed is read, in the one spelling that it has. */
export const signedTexts = target<string>(
  { name: 'signed-texts', parses: ['core/trust/signed-text.ts', 'storage/disk/ecdsa.ts'] },
  () => {
    const [key, other] = [freshKey(), freshKey()];
    const good = ['a', { b: 1 }, [1, 2, 3]].map((value) => signText(key, TAG, value));
    const bad = [signText(other, TAG, 'a'), signText(key, 'peerdex/revocations/1', 'a')];
    const samples = [...good, ...bad];
    const check = (text: string): boolean => {
      const read = orRefused(['verification'], () => [
        readSignedText(text, TAG, key.publicKey, systemVerifier),
      ]);
      if (read) assert.ok(good.includes(text), text);
      return read !== undefined;
    };
    return { inputs: mutatedText(samples, ['.', ...good]), check };
  },
);

const MEMBER = quickKey(2);
const SELF = quickKey(3);
const BINDING = bindingOf(new Uint8Array(32), new Uint8Array(32), undefined);

/** A network may sign anything: what it says is well-formed or refused, and never breaks who is shown it. */
export const tickets = target<unknown>(
  { name: 'tickets', parses: ['core/trust/ticket.ts', 'core/trust/trust.ts'] },
  () => {
    const now = systemClock.now();
    const ticket = {
      mode: 'tls',
      network: NETWORK.id,
      peer: MEMBER.id,
      name: 'member',
      role: 'publish',
      issued: now,
      expires: now + 1e9,
    } as const;
    const late = { ...ticket, issued: now - 2e9, expires: now - 1e8 };
    const trust = trustOf(SELF);
    const proved = proofMessage({
      side: 'dials',
      network: NETWORK.id,
      self: MEMBER.id,
      other: SELF.id,
      binding: BINDING,
    });
    const signature = MEMBER.sign(proved);
    const check = (value: unknown): boolean => {
      const text = signText(NETWORK, TAG, value);
      const read = orRefused(['verification'], () => readTicket(text, NETWORK.publicKey, quickVerifier));
      if (read) {
        const { network, peer, name, role, issued, expires } = read;
        assert.ok(isId(network) && isId(peer) && typeof name === 'string' && isRole(role));
        assert.ok(Number.isSafeInteger(issued) && Number.isSafeInteger(expires));
        assert.deepEqual(readTicket(issueTicket(NETWORK, read), NETWORK.publicKey, quickVerifier), read);
      }
      const of = { side: 'dials', self: MEMBER.id, binding: BINDING } as const;
      const proof = { key: MEMBER.publicKey, ticket: text, signature };
      const member = orRefused(['forbidden'], () => trust.check(of, proof));
      if (member) assert.deepEqual(member, read);
      return member !== undefined;
    };
    return { inputs: mutatedJson([ticket, late]), check };
  },
);

/** The same of lists of revocations: whoever has taken one over can still say hello. */
export const revocations = target<unknown>(
  { name: 'revocations', parses: ['core/trust/revocations.ts', 'core/trust/trust.ts'] },
  () => {
    const list = { network: NETWORK.id, number: 5, peers: [MEMBER.id, quickKey(4).id] };
    const check = (value: unknown): boolean => {
      const text = signText(NETWORK, 'peerdex/revocations/1', value);
      const read = orRefused(['verification'], () => readRevocations(text, NETWORK.publicKey, quickVerifier));
      const trust = trustOf(SELF);
      const taken = orRefused(['verification'], () => trust.takeRevocations(text)) ?? false;
      if (!read) {
        assert.equal(taken, false);
        return false;
      }
      assert.ok(isId(read.network) && read.peers.length <= MAX_REVOKED && read.peers.every(isId));
      assert.deepEqual(
        readRevocations(signRevocations(NETWORK, read), NETWORK.publicKey, quickVerifier),
        read,
      );
      sayHello(trust.revocations);
      if (taken)
        for (const peer of read.peers) assert.throws(() => trust.recheck(peer), { code: 'forbidden' });
      return taken;
    };
    return { inputs: mutatedJson([list, { ...list, peers: [] }]), check };
  },
);

const isId = (value: unknown): boolean => typeof value === 'string' && isPeerId(value);

/** A hello bears the number of the newest list. */
function sayHello(number: number): void {
  const heads = Buffer.alloc(4);
  heads.writeUInt32LE(number);
  const [network, peer, proof] = [NETWORK.id, SELF.id, new Uint8Array(38)];
  encodeFrame({ type: 'hello', protocol: 1, features: 0, network, peer, proof, heads });
}
