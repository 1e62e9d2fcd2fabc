import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorOf, type PeersAnswer, type Status } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { ProcessNetwork } from '../harness/processes.ts';
import { care, type InviteMade, invite, listNumber } from '../harness/trust.ts';

interface Invites {
  readonly invites: readonly {
    readonly id: string;
    readonly admitted: readonly { readonly name: string }[];
  }[];
}

describe('a member of role admin', () => {
  it('looks after the network from its own machine, and nobody else does', async () => {
    await using network = await ProcessNetwork.start();
    const { link } = await invite(network, '--role', 'admin', '--uses', '1');
    const admin = await network.peer('admin', { args: ['--join', link] });
    const made = await admin.ask<InviteMade & { role: string }>(['registry', 'invite', '--role', 'fetch']);
    assert.equal(made.role, 'fetch');
    const guest = await network.peer('guest', { args: ['--join', made.link] });
    const { invites } = await admin.ask<Invites>(['registry', 'invites']);
    assert.deepEqual(
      invites.find(({ id }) => id === made.id)?.admitted.map(({ name }) => name),
      ['guest'],
    );
    const of = ({ peers }: PeersAnswer) => peers.map(({ id, name }) => [id, name]).sort();
    const [own, theirs] = [
      await care<PeersAnswer>(network, ['peers']),
      await admin.ask<PeersAnswer>(['registry', 'peers']),
    ];
    assert.deepEqual(of(theirs), of(own));
    assert.deepEqual(Object.keys(theirs.peers[0]!).sort(), Object.keys(own.peers[0]!).sort());

    for (const args of [['invite', '--role', 'admin'], ['invites'], ['revoke', 'admin']]) {
      const refused = await guest.run(['registry', ...args, '--json']);
      assert.deepEqual([refused.code, errorOf(refused).code], [1, 'forbidden'], args.join(' '));
      assert.match(errorOf(refused).message, /only members of role admin/);
    }
    const unknown = await admin.run(['registry', 'revoke', 'nobody', '--json']);
    assert.deepEqual([unknown.code, errorOf(unknown).code], [3, 'not-found']);

    const revoked = await admin.ask<{ name: string; withdrawn: string[] }>(['registry', 'revoke', 'guest']);
    assert.deepEqual([revoked.name, revoked.withdrawn], ['guest', [made.id]]);
    await eventually(() => listNumber(admin.data) === 1);
    await eventually(async () => !(await guest.client.status()).network.registered);
    assert.equal((await admin.ask<Status>(['status'])).network.registered, true);

    await network.registry.kill('SIGTERM');
    const away = await admin.run(['registry', 'invites', '--json']);
    assert.deepEqual([away.code, errorOf(away).code], [4, 'unavailable']);
  });
});
