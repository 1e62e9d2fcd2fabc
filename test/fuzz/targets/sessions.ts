import assert from 'node:assert/strict';
import { registrySessions } from '../../../src/app/registry-sessions.ts';
import { Sessions } from '../../../src/app/trust/sessions.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { fromHex, toHex } from '../../../src/core/ids.ts';
import { silentLog } from '../../../src/core/ports/log.ts';
import { bindingOf, joinMessage, proofMessage } from '../../../src/core/trust/proof.ts';
import { fitsSchema } from '../../../src/network/http/validate.ts';
import { type Challenge, SessionClaim } from '../../../src/protocol/http/session/operations.ts';
import { Admission } from '../../../src/registry/admission.ts';
import { MemoryAdmissionStore } from '../../../src/storage/memory/admission-store.ts';
import { mutatedText } from '../mutate.ts';
import { mutatedJson } from '../mutate-json.ts';
import { quickVerifier } from '../quick-keys.ts';
import { orRefused } from '../refusal.ts';
import { requestContext } from '../request-context.ts';
import { target } from '../target.ts';
import { NETWORK, trustOf } from '../trust.ts';
import { CLAIM, filled, LIVE, MEMBER, NONCE, SERVER } from './live-claims.ts';

/** What a member shows a peer: nothing but its own key, its own ticket and a signature for this challenge lets anybody in. */
export const sessionClaims = target<unknown>(
  { name: 'session-claims', parses: ['app/trust/sessions.ts', 'core/trust/trust.ts'] },
  () => {
    const trust = trustOf(SERVER);
    const sessions = new Sessions({
      self: SERVER,
      network: () => NETWORK.id,
      papers: () => ({ ticket: trust.ticketText!, revocations: 0 }),
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
        mode: 'tls',
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
        pace: () => undefined,
        clock: systemClock,
        log: silentLog,
        refused: () => {},
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

/** What stands in `Authorization`: the token that was given, and no other text. */
export const sessionTokens = target<string>(
  { name: 'session-tokens', parses: ['app/trust/sessions.ts'] },
  () => {
    const member = { peer: MEMBER.id, role: 'fetch' } as const;
    const sessions = new Sessions({
      self: SERVER,
      network: () => NETWORK.id,
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
