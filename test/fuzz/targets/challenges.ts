import assert from 'node:assert/strict';
import { MembershipProver } from '../../../src/app/trust/membership-prover.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { fromHex, toHex } from '../../../src/core/ids.ts';
import { bindingOf, proofMessage } from '../../../src/core/trust/proof.ts';
import type { Challenge } from '../../../src/protocol/http/session/operations.ts';
import { openAgent } from '../memory-sockets.ts';
import { mutatedJson } from '../mutate-json.ts';
import { quickVerifier } from '../quick-keys.ts';
import { laterOrRefused } from '../refusal.ts';
import { target } from '../target.ts';
import { NETWORK, ticketOf, trustOf } from '../trust.ts';
import { filled, LIVE, MEMBER, NONCE, SERVER } from './live-claims.ts';

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
      signature: LIVE.signature,
      time: 1.8e12,
    };
    const ticket = ticketOf(SERVER);
    const check = async (value: unknown): Promise<boolean> => {
      let shown: unknown;
      const agent = openAgent((head, body) => {
        if (!head.includes('/v1/challenge')) return answer({ token: 'ab'.repeat(32), seconds: 600, ticket });
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
      const { id, key } = shown as Challenge;
      assert.deepEqual([id, key], [sample.id, sample.key]);
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
