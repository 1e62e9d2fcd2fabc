import assert from 'node:assert/strict';
import { registrySessions } from '../../../src/app/registry-sessions.ts';
import { MembershipProver } from '../../../src/app/trust/membership-prover.ts';
import { Sessions } from '../../../src/app/trust/sessions.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { fromHex, toHex } from '../../../src/core/ids.ts';
import { silentLog } from '../../../src/core/ports/log.ts';
import { formatSecret } from '../../../src/core/trust/invite.ts';
import { bindingOf, joinMessage, proofMessage } from '../../../src/core/trust/proof.ts';
import { fitsSchema } from '../../../src/network/http/validate.ts';
import { type Challenge, SessionClaim } from '../../../src/protocol/http/session/operations.ts';
import { Admission } from '../../../src/registry/admission.ts';
import { MemoryAdmissionStore } from '../../../src/storage/memory/admission-store.ts';
import { openAgent } from '../memory-sockets.ts';
import { mutatedText } from '../mutate.ts';
import { mutatedJson } from '../mutate-json.ts';
import { quickKey, quickVerifier } from '../quick-keys.ts';
import { laterOrRefused, orRefused } from '../refusal.ts';
import { requestContext } from '../request-context.ts';
import { target } from '../target.ts';
import { NETWORK, ticketOf, trustOf } from '../trust.ts';

const SERVER = quickKey(2);
const MEMBER = quickKey(3);
const NONCE = 'aa'.repeat(32);
/** Stand in an input for what is new on each connection. */
const LIVE = { nonce: '0a'.repeat(32), signature: '0b'.repeat(64), mac: '0c'.repeat(32) };
const CLAIM = {
  nonce: LIVE.nonce,
  challenged: NONCE,
  peer: MEMBER.id,
  key: toHex(MEMBER.publicKey),
  ticket: ticketOf(MEMBER),
  signature: LIVE.signature,
};

/** What a member shows a peer: nothing but its own key, its own ticket and a signature for this challenge lets anybody in. */
export const sessionClaims = target<unknown>(
  { name: 'session-claims', parses: ['app/trust/sessions.ts', 'core/trust/trust.ts'] },
  () => {
    const trust = trustOf(SERVER);
    const sessions = new Sessions({
      self: SERVER,
      network: () => NETWORK.id,
      ticket: () => trust.ticketText,
      clock: systemClock,
      maxSessions: 100,
      admit: ({ peer, key, ticket = '', signature }, binding) =>
        trust.check(
          { side: 'dials', self: peer, binding },
          { key: fromHex(key), ticket, signature: fromHex(signature) },
        ),
      recheck: ({ peer }) => trust.recheck(peer),
    });
    const check = (value: unknown) =>
      claimed(sessions, SERVER.id, value, (claim) => {
        assert.deepEqual(
          { ...CLAIM, nonce: '', signature: '' },
          { ...only(claim, CLAIM), nonce: '', signature: '' },
        );
      });
    return { inputs: mutatedJson([CLAIM]), check };
  },
);

/** What a newcomer shows a registry: only who has an invite's secret comes in. */
export const joinClaims = target<unknown>(
  {
    name: 'join-claims',
    parses: ['app/registry-sessions.ts', 'registry/admission.ts', 'registry/invites.ts'],
  },
  () => {
    const secret = new Uint8Array(16).fill(9);
    const open = () => {
      const store = new MemoryAdmissionStore();
      const admission = new Admission({
        clock: systemClock,
        store,
        network: NETWORK,
        verifier: quickVerifier,
        secret: () => secret,
        maxInvites: 5,
        maxMembers: 5,
      });
      const { id } = admission.invites.make({ role: 'fetch' });
      const sessions = registrySessions({
        network: NETWORK,
        admission,
        verifier: quickVerifier,
        clock: systemClock,
        log: silentLog,
      });
      return { sessions, id };
    };
    const { id } = open();
    const { ticket: _, ...claim } = CLAIM;
    const sample = { ...claim, join: { invite: id, mac: LIVE.mac } };
    const check = (value: unknown) =>
      claimed(
        open().sessions,
        NETWORK.id,
        value,
        (got) => {
          assert.deepEqual([got.peer, got.key, got.join?.invite], [MEMBER.id, CLAIM.key, id]);
        },
        secret,
      );
    assert.equal(formatSecret(secret).length, 22);
    return { inputs: mutatedJson([sample, sample, claim]), check };
  },
);

/** Takes a challenge, fills in what is live, and shows the claim. */
function claimed(
  sessions: Sessions,
  server: string,
  value: unknown,
  assertGenuine: (claim: SessionClaim) => void,
  secret?: Uint8Array,
): boolean {
  const { challenge, session } = sessions.handlers() as unknown as Record<
    'challenge' | 'session',
    (input: object, context: unknown) => unknown
  >;
  const { context, end } = requestContext();
  const { nonce } = challenge(
    { body: { peer: MEMBER.id, network: NETWORK.id, nonce: NONCE } },
    context,
  ) as Challenge;
  const binding = bindingOf(fromHex(NONCE), fromHex(nonce), undefined);
  const signed = proofMessage({
    side: 'dials',
    network: NETWORK.id,
    self: MEMBER.id,
    other: server,
    binding,
  });
  const signature = toHex(MEMBER.sign(signed));
  const mac = secret
    ? toHex(quickVerifier.hmac(secret, joinMessage({ network: NETWORK.id, peer: MEMBER.id, binding })))
    : '';
  const claim = filled(value, { nonce, signature, mac });
  if (!fitsSchema(SessionClaim, claim)) return false;
  const taken = orRefused(['unauthorized', 'forbidden'], () => session({ body: claim }, context));
  end();
  if (!taken) return false;
  const { nonce: shown, signature: mark } = claim as SessionClaim;
  assert.deepEqual([shown, mark], [nonce, signature]);
  assertGenuine(claim as SessionClaim);
  return true;
}

const only = (claim: SessionClaim, like: object): object =>
  Object.fromEntries(Object.entries(claim).filter(([key]) => key in like));

/** The input with live values where it has their names. */
function filled(value: unknown, live: Readonly<Record<keyof typeof LIVE, string>>): unknown {
  const text = (Object.keys(LIVE) as (keyof typeof LIVE)[]).reduce(
    (so, key) => so.replaceAll(`"${LIVE[key]}"`, `"${live[key]}"`),
    JSON.stringify(value) ?? 'null',
  );
  return JSON.parse(text);
}

/** What a server shows a client: nobody but the peer that was looked for, a member, on this connection. */
export const challenges = target<unknown>(
  {
    name: 'challenges',
    parses: ['app/trust/session-client.ts', 'app/trust/membership-prover.ts'],
    usual: 100,
  },
  () => {
    const prover = new MembershipProver({
      self: MEMBER,
      verifier: quickVerifier,
      trust: trustOf(MEMBER),
      clock: systemClock,
    });
    const sample = {
      id: SERVER.id,
      network: NETWORK.id,
      nonce: NONCE,
      key: toHex(SERVER.publicKey),
      ticket: ticketOf(SERVER),
      signature: LIVE.signature,
      time: 1.8e12,
    };
    const check = async (value: unknown): Promise<boolean> => {
      let shown: unknown;
      const agent = openAgent((head, body) => {
        if (!head.includes('/v1/challenge')) return answer({ token: 'ab'.repeat(32), seconds: 600 });
        const { nonce } = JSON.parse(body) as { nonce: string };
        const binding = bindingOf(fromHex(nonce), fromHex(NONCE), undefined);
        const message = proofMessage({
          side: 'accepts',
          network: NETWORK.id,
          self: SERVER.id,
          other: MEMBER.id,
          binding,
        });
        shown = filled(value, { nonce: NONCE, signature: toHex(SERVER.sign(message)), mac: '' });
        return answer(shown);
      });
      const server = { id: SERVER.id, address: { host: '127.0.0.1', port: 9 }, agent, name: 'it' };
      const codes = ['failed', 'verification', 'forbidden'] as const;
      const session = await laterOrRefused(codes, () =>
        prover.peer(server, NETWORK.id, new AbortController().signal),
      );
      agent.destroy();
      if (!session) return false;
      const { id, key, ticket } = shown as Challenge;
      assert.deepEqual([id, key, ticket], [sample.id, sample.key, sample.ticket]);
      assert.match(session.token, /^(ab){32}$/);
      return true;
    };
    return { inputs: mutatedJson([sample]), check };
  },
);

function answer(value: unknown): Buffer {
  const body = JSON.stringify(value);
  return Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** What stands in `Authorization`: the token that was given, and no other text. */
export const sessionTokens = target<string>(
  { name: 'session-tokens', parses: ['app/trust/sessions.ts'] },
  () => {
    const member = { peer: MEMBER.id, role: 'fetch' } as const;
    const sessions = new Sessions({
      self: SERVER,
      network: () => NETWORK.id,
      ticket: () => undefined,
      clock: systemClock,
      admit: () => member,
      recheck: () => {},
    });
    const { challenge, session } = sessions.handlers() as unknown as Record<
      'challenge' | 'session',
      (input: object, context: unknown) => unknown
    >;
    const { context } = requestContext();
    const { nonce } = challenge(
      { body: { peer: MEMBER.id, network: NETWORK.id, nonce: NONCE } },
      context,
    ) as Challenge;
    const { token } = session({ body: { ...CLAIM, nonce } }, context) as { token: string };
    const ends = systemClock.monotonic() + 9 * 60_000;
    const check = (authorization: string): boolean => {
      const asked = requestContext({ authorization });
      const found = orRefused(['unauthorized'], () => sessions.memberOf(asked.context));
      asked.end();
      if (systemClock.monotonic() < ends)
        assert.equal(found !== undefined, authorization === `Bearer ${token}`);
      return found !== undefined;
    };
    return {
      inputs: mutatedText(
        [`Bearer ${token}`, `Bearer ${token.toUpperCase()}`, `bearer ${token}`],
        ['Bearer ', ','],
      ),
      check,
    };
  },
);
