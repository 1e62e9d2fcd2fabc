import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, it } from 'node:test';
import { freshKey } from '../../../test/support/fresh-key.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { TestNetwork } from '../../../test/support/signers.ts';
import { PeerdexError } from '../../core/errors.ts';
import { fromHex, toHex } from '../../core/ids.ts';
import { handshakePace } from '../../core/limits/handshake-pace.ts';
import { bindingOf } from '../../core/trust/proof.ts';
import type { Trust } from '../../core/trust/trust.ts';
import type { RequestContext } from '../../network/http/handlers.ts';
import { Sessions } from './sessions.ts';

const network = new TestNetwork();
const SERVER = freshKey();
const MEMBER = freshKey();
const member = network.member(MEMBER);

describe('sessions of a server', () => {
  let clock: ManualClock;
  let sessions: Sessions;
  let server: Trust;
  let revoked: boolean;

  beforeEach(() => {
    clock = new ManualClock();
    revoked = false;
    server = network.member(SERVER);
    sessions = new Sessions({
      self: SERVER,
      network: () => network.id,
      papers: () => ({ ticket: server.ticketText!, revocations: server.revocations }),
      clock,
      admit: ({ peer, key, ticket = '', signature }, binding) =>
        server.check(
          { side: 'dials', self: peer, binding },
          { key: fromHex(key), ticket, signature: fromHex(signature) },
        ),
      recheck: ({ peer }) => {
        if (revoked) throw new PeerdexError('forbidden', `peer ${peer} was revoked`);
      },
      pace: handshakePace(clock, { handshakes: 100, handshakesOfOne: 1 }),
    });
  });

  it('begin with a proof on the connection of the challenge', async () => {
    const { token } = await open(await claim());
    assert.equal(sessions.memberOf(context(token)).peer, MEMBER.id);
  });

  it('show the ticket to members only', async () => {
    const body = { peer: MEMBER.id, network: network.id, nonce: randomBytes(32).toString('hex') };
    const shown = await sessions
      .handlers()
      .challenge({ params: undefined, query: undefined, body }, context());
    assert.deepEqual(Object.keys(shown).sort(), [
      ...['id', 'key', 'network', 'nonce', 'protocol', 'signature', 'time'],
    ]);
    assert.ok(!JSON.stringify(shown).includes(server.ticketText!));
    assert.equal((await open(await claim())).ticket, server.ticketText);
  });

  it('do not begin on another connection, with a claim that was used, or too late', async () => {
    const elsewhere = await claim();
    const wrong = { code: 'forbidden', message: /signature is wrong/ };
    await assert.rejects(open(elsewhere, randomBytes(32)), wrong);
    await assert.rejects(open(elsewhere), { code: 'unauthorized', message: /answered already/ });
    const good = await claim();
    await open(good);
    await assert.rejects(open(good), { code: 'unauthorized', message: /answered already/ });
    const late = await claim();
    clock.advance(30_001);
    await assert.rejects(open(late), { code: 'unauthorized' });
  });

  it('begin as often a second as one address may, and say when to come again', async () => {
    const last = [];
    for (let n = 0; n < 5; n += 1) last.push(await claim('10.0.0.1'));
    const refused = { code: 'limit', retry: true, retryAfterMs: 1000 };
    await assert.rejects(claim('10.0.0.1'), refused);
    await assert.rejects(claim('::ffff:10.0.0.1'), refused);
    for (const one of last) await open(one);
    await claim('10.0.0.2');
    clock.advance(1000);
    await claim('10.0.0.1');
    await assert.rejects(claim('10.0.0.1'), refused);
  });

  it('do not begin with a nonce that the server never made, or made for another asker', async () => {
    const one = await claim();
    const other = await claim();
    await assert.rejects(open({ ...one, nonce: randomBytes(32).toString('hex') }), { code: 'unauthorized' });
    await assert.rejects(open({ ...one, challenged: other.challenged }), { code: 'unauthorized' });
  });

  it('end after a while, and at once when their member is put out, with what is under way', async () => {
    const { token } = await open(await claim());
    let ended = 0;
    const disconnect = () => {
      ended += 1;
    };
    const underWay = { ...context(token), disconnect };
    sessions.memberOf(underWay);
    const later = await open(await claim());
    revoked = true;
    sessions.putOut(new Set([MEMBER.id]));
    assert.equal(ended, 1);
    assert.throws(() => sessions.memberOf(context(token)), { code: 'unauthorized', message: /was revoked/ });
    revoked = false;
    clock.advance(later.seconds * 1000 + 1);
    assert.throws(() => sessions.memberOf(context(later.token)), { code: 'unauthorized' });
  });

  it('keep nothing of requests that are over', async () => {
    const { token } = await open(await claim());
    let ended = 0;
    const requests = [new AbortController(), new AbortController()];
    for (const { signal } of requests) {
      const disconnect = () => {
        ended += 1;
      };
      sessions.memberOf({ ...context(token), signal, disconnect });
    }
    requests[0]!.abort();
    sessions.putOut(new Set([MEMBER.id]));
    assert.equal(ended, 1);
    requests[1]!.abort();
    sessions.putOut(new Set([MEMBER.id]));
    assert.equal(ended, 1);
  });

  it('another version of the protocol is refused before anything else', async () => {
    const body = { peer: MEMBER.id, network: '0'.repeat(32), nonce: '0'.repeat(64), protocol: 2 };
    const asked = async () =>
      sessions.handlers().challenge({ params: undefined, query: undefined, body }, context());
    await assert.rejects(asked, {
      code: 'unsupported',
      message:
        'the peer that calls speaks protocol version 2 and the one called speaks 1: update the older of the two',
    });
  });

  it('refuse who names no token or a wrong one', () => {
    assert.throws(() => sessions.memberOf(context()), { code: 'unauthorized', hint: /peerdex link/ });
    assert.throws(() => sessions.memberOf(context('0'.repeat(64))), { code: 'unauthorized' });
  });

  const EXPORTER = randomBytes(32);

  function context(token?: string, exporter: Uint8Array = EXPORTER): RequestContext {
    return {
      signal: new AbortController().signal,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      method: 'POST',
      remote: '',
      exporter: () => exporter,
      disconnect: () => {},
    };
  }

  type Claim = Awaited<ReturnType<typeof claim>>;
  /** What a member answers a challenge with. */
  async function claim(remote = '') {
    const nonce = randomBytes(32);
    const body = { peer: MEMBER.id, network: network.id, nonce: nonce.toString('hex') };
    const given = await sessions
      .handlers()
      .challenge({ params: undefined, query: undefined, body }, { ...context(), remote });
    const binding = bindingOf(nonce, fromHex(given.nonce), EXPORTER);
    const { key, ticket, signature } = member.prove({ side: 'dials', other: SERVER.id, binding });
    return {
      nonce: given.nonce,
      challenged: body.nonce,
      peer: MEMBER.id,
      key: toHex(key),
      ticket,
      signature: toHex(signature),
    };
  }

  async function open(body: Claim, exporter?: Uint8Array) {
    return sessions
      .handlers()
      .session({ params: undefined, query: undefined, body }, context(undefined, exporter));
  }
});
