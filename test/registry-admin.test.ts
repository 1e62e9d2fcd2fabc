import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { agentsOf } from '../src/app/trust/agents.ts';
import type { ErrorCode } from '../src/core/errors.ts';
import { createClient } from '../src/network/http/client.ts';
import { fitsSchema } from '../src/network/http/validate.ts';
import { adminOperations } from '../src/protocol/http/registry/admin-operations.ts';
import { registryLocalOperations } from '../src/protocol/http/registry-local/operations.ts';
import { Cluster } from './harness/cluster.ts';
import { codeOf } from './harness/code-of.ts';
import { TestMember } from './harness/test-member.ts';

describe('the care of a network over the network', () => {
  it('produces every error that its operations declare, and knows the role that a member has now', async () => {
    await using cluster = await Cluster.start();
    const daemon = JSON.parse(await readFile(cluster.folder.join('registry', 'daemon.json'), 'utf8'));
    const address = { host: '127.0.0.1', port: daemon.port as number };
    const local = createClient(registryLocalOperations, { address, token: daemon.token });
    const { link } = await local.invite({ body: { role: 'admin' } });
    const member = await TestMember.join(cluster.registry.join);
    const admin = await TestMember.join(link);
    const [its, theirs] = [await admin.registry(), await member.registry()];
    const agent = agentsOf(await admin.wire).make(admin.network, 1);
    const stranger = createClient(adminOperations, {
      ...{ address: admin.link.addresses[0]!, agent, fits: fitsSchema },
    });
    const flood = async () => {
      for (let n = 0; n < 1001; n += 1) await its.invite({ body: {} });
    };
    const nobody = { body: { peer: 'nobody' } };
    const none = { params: { id: '0'.repeat(16) } };
    const produced: Record<string, ErrorCode[]> = {
      invites: [await codeOf(stranger.invites()), await codeOf(theirs.invites())],
      withdraw: [
        await codeOf(stranger.withdraw(none)),
        await codeOf(theirs.withdraw(none)),
        await codeOf(its.withdraw(none)),
      ],
      revoke: [
        await codeOf(stranger.revoke(nobody)),
        await codeOf(theirs.revoke(nobody)),
        await codeOf(its.revoke(nobody)),
      ],
      invite: [
        await codeOf(stranger.invite({ body: {} })),
        await codeOf(theirs.invite({ body: {} })),
        await codeOf(flood()),
      ],
    };
    agent.destroy();
    for (const [name, { errors }] of Object.entries(adminOperations)) {
      // A full list of revocations takes 20,000 peers, ids that begin alike take luck: the rules' own tests have both.
      const declared = errors.filter((code) => name !== 'revoke' || !['limit', 'ambiguous'].includes(code));
      assert.deepEqual(produced[name]?.toSorted(), declared.toSorted(), name);
    }

    const { withdrawn } = await its.revoke({ body: { peer: member.id } });
    assert.equal(withdrawn.length, 1);
    await assert.rejects(theirs.list(), { code: 'unauthorized', message: /revoked/ });
    const again = TestMember.of(cluster.registry.join, admin.self);
    await again.registry();
    assert.equal(
      await codeOf(its.invites()),
      'forbidden',
      'a session of before gives no more than the role now',
    );
  });
});
