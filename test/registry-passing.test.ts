import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startRegistry } from '../src/app/registry.ts';
import { silentLog } from '../src/core/ports/log.ts';
import { eventually } from './harness/eventually.ts';
import { tempFolder } from './harness/temp-folder.ts';
import { TestMember } from './harness/test-member.ts';

it('a peer that said it would not come back, and crashed, leaves its place to others when its lease has ended', async () => {
  await using folder = await tempFolder();
  await using registry = await startRegistry({
    ...{ data: folder.join('registry'), listen: { host: '127.0.0.1', port: 0 }, advertise: [] },
    ...{ leaseSeconds: 1, maxPeers: 2, mode: 'plaintext', log: silentLog },
  });
  const stays = await TestMember.join(registry.join, 1, { name: 'stays' });
  const guest = await TestMember.join(registry.join, 2, { name: 'guest', passing: true });
  await assert.rejects(TestMember.join(registry.join), { code: 'limit' });
  const next = await eventually(async () => {
    try {
      return await TestMember.join(registry.join, 3, { name: 'guest' });
    } catch (error) {
      assert.equal((error as { code?: unknown }).code, 'limit');
      return undefined;
    }
  });
  const { peers } = await (await stays.registry()).list({ query: { state: 'all' } });
  assert.deepEqual(
    peers.map(({ id, name }) => [id, name]).toSorted(),
    [
      [stays.id, 'stays'],
      [next.id, 'guest'],
    ].toSorted(),
  );
  await assert.rejects(guest.register(2), { code: 'limit' }, 'its place is taken');
});
