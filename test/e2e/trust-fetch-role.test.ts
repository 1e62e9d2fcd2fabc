import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FindAnswer } from '../harness/answers.ts';
import { errorOf } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';
import { invite } from '../harness/trust.ts';

describe('a member of role fetch', () => {
  it('fetches, publishes nothing, is told so, and publishes once a link lets it', async () => {
    await using network = await ProcessNetwork.start();
    const files = await makeTree(network.folder.join('files'), { 'public.txt': 'public' });
    const alice = await network.peer('alice', { shares: [files] });
    const own = await makeTree(network.folder.join('own'), { 'hidden.txt': 'hidden' });
    const { link } = await invite(network, '--role', 'fetch');
    const guest = await network.peer('guest', { shares: [own], args: ['--join', link] });
    await eventually(() =>
      /may only fetch: nobody sees the folders that it shares/.test(guest.daemon.stderr),
    );

    await eventually(async () => (await guest.find('public')).total === 1);
    (await guest.get(['public.txt'])).one();

    const more = await makeTree(network.folder.join('more'), { 'more.txt': 'more' });
    const refused = await guest.run(['share', more, '--json']);
    assert.deepEqual([refused.code, errorOf(refused).code], [1, 'forbidden']);
    assert.match(errorOf(refused).message, /role fetch: it may not publish/);
    const linked = await guest.run(['link', 'hidden.txt', '--json']);
    assert.deepEqual([linked.code, errorOf(linked).code], [1, 'forbidden']);
    assert.match(errorOf(linked).message, /nor make links/);

    // A publisher that came later is seen, so the guest would be.
    const late = await makeTree(network.folder.join('late'), { 'late.txt': 'late' });
    await network.peer('late', { shares: [late] });
    await eventually(async () => (await alice.find('late')).total === 1);
    assert.equal((await alice.ask<FindAnswer>(['find', 'hidden'])).total, 0);
    assert.equal((await guest.ask<FindAnswer>(['find', 'hidden'])).total, 1, 'its own files it knows');

    await guest.ask(['join', network.join]);
    await eventually(async () => (await guest.client.status()).network.registered);
    await guest.ask(['share', more]);
    await eventually(async () => (await alice.find('hidden')).total === 1);
    await eventually(async () => (await alice.find('more')).total === 1);
  });
});
