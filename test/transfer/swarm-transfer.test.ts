import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { PeerdexError } from '../../src/core/errors.ts';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';
import { TestNetwork } from '../support/signers.ts';

const forever = new AbortController().signal;
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

for (const size of [
  0,
  1,
  LEAF_BYTES - 1,
  LEAF_BYTES,
  LEAF_BYTES + 1,
  5 * 1024 * 1024 + 17,
  70 * LEAF_BYTES + 3,
]) {
  test(`a file of ${size} bytes arrives whole from one source`, async () => {
    await using holder = await SwarmPeer.start(1);
    await using fetcher = await SwarmPeer.start(2);
    fetcher.knows(holder);
    const bytes = randomBytes(size);
    const content = await holder.hold('a.bin', bytes);
    const fetch = fetcher.fetch(content, size, 'deep/er/b.bin');
    const file = await fetch.run(forever);
    assert.equal(file.relative, 'deep/er/b.bin');
    assert.equal(sha(await readFile(join(fetcher.folder, 'deep/er/b.bin'))), sha(bytes));
    assert.deepEqual(await readdir(join(fetcher.folder, 'deep/er')), ['b.bin']);
    assert.deepEqual(await readdir(join(fetcher.folder, 'maps')).catch(() => []), []);
    assert.equal(fetcher.budget.used, 0);
    const given = fetch.shares().reduce((sum, { bytes: part }) => sum + part, 0);
    assert.equal(given, size);
  });
}

test('all holders give, those that cannot be reached are passed over with a reason', async () => {
  await using one = await SwarmPeer.start(1);
  await using two = await SwarmPeer.start(2);
  await using fetcher = await SwarmPeer.start(3);
  const gone = await SwarmPeer.start(4);
  fetcher.knows(one, two, gone);
  await gone[Symbol.asyncDispose]();
  const bytes = randomBytes(40 * 1024 * 1024);
  const content = await one.hold('x', bytes);
  await two.hold('y', bytes);
  one.upLimiter.rate = 40e6;
  two.upLimiter.rate = 40e6;
  const fetch = fetcher.fetch(content, bytes.byteLength, 'x');
  await fetch.run(forever);
  assert.equal(sha(await readFile(join(fetcher.folder, 'x'))), sha(bytes));
  for (const source of [one, two]) {
    const share = fetch.shares().find(({ peer }) => peer === source.id)?.bytes ?? 0;
    assert.ok(share > bytes.byteLength / 5, `each gives a part, ${source.id} gave ${share}`);
  }
  const [passed] = fetcher.passedOver;
  assert.equal(passed?.peer, gone.id);
  assert.match(passed.error.message, /cannot reach 127\.0\.0\.1/);
});

test('a holder whose file changed refuses; another one gives', async () => {
  await using changed = await SwarmPeer.start(1);
  await using good = await SwarmPeer.start(2);
  await using fetcher = await SwarmPeer.start(3);
  fetcher.knows(changed);
  const bytes = randomBytes(3 * 1024 * 1024);
  const content = await changed.hold('x', bytes);
  await appendFile(join(changed.folder, 'x'), 'more');
  await assert.rejects(fetcher.fetch(content, bytes.byteLength, 'x').run(forever), (error: unknown) => {
    assert.ok(error instanceof PeerdexError);
    assert.match(error.message, /peer-1: its file has changed/);
    return true;
  });
  assert.equal(changed.suspected[0]?.relative, 'x');
  await good.hold('x', bytes);
  fetcher.knows(good);
  await fetcher.fetch(content, bytes.byteLength, 'x').run(forever);
  assert.equal(sha(await readFile(join(fetcher.folder, 'x'))), sha(bytes));
});

test('bytes that are not what their hash says are refused, reported to the source, and never stand under the name', async () => {
  await using liar = await SwarmPeer.start(1);
  await using fetcher = await SwarmPeer.start(2);
  fetcher.knows(liar);
  const bytes = randomBytes(2 * LEAF_BYTES);
  const content = await liar.hold('x', bytes);
  // The hashes stay those of the old bytes, the file looks as if it had never been another.
  const { hashes } = liar;
  const manifest = hashes.manifest(content)!;
  const leaves = hashes.leaves(content, 0)!;
  const other = Buffer.from(bytes);
  other[LEAF_BYTES + 5]! ^= 1;
  const otherContent = await liar.hold('x', other);
  hashes.putManifest(otherContent, manifest);
  hashes.putLeaves(otherContent, 0, leaves);
  await writeFile(join(fetcher.folder, 'witness'), '');
  const [place] = liar.parts.contents.locate(otherContent);
  liar.parts.contents.recordWritten({ ...place!, content, executable: false });
  await assert.rejects(fetcher.fetch(content, bytes.byteLength, 'x').run(forever), { code: 'verification' });
  assert.ok(!(await readdir(fetcher.folder)).includes('x'));
  assert.equal(liar.suspected.length, 1);
  assert.equal(fetcher.budget.used, 0);
});

test('a download that was stopped goes on without asking for what it has', async () => {
  await using holder = await SwarmPeer.start(1);
  await using fetcher = await SwarmPeer.start(2);
  fetcher.knows(holder);
  const bytes = randomBytes(24 * 1024 * 1024);
  const content = await holder.hold('x', bytes);
  holder.upLimiter.rate = 30e6;
  const first = fetcher.fetch(content, bytes.byteLength, 'x');
  const stop = new AbortController();
  const running = first.run(stop.signal);
  while (first.bytes < 6e6) await new Promise((resolve) => setImmediate(resolve));
  stop.abort(new Error('enough'));
  await assert.rejects(running, /enough/);
  assert.ok(!(await readdir(fetcher.folder)).includes('x'));
  const had = first.bytes;
  holder.upLimiter.rate = undefined;
  const second = fetcher.fetch(content, bytes.byteLength, 'x');
  await second.run(forever);
  const given = second.shares().reduce((sum, { bytes: part }) => sum + part, 0);
  assert.equal(given, bytes.byteLength - had);
  assert.equal(sha(await readFile(join(fetcher.folder, 'x'))), sha(bytes));
  assert.equal(fetcher.budget.used, 0);
});

test('what lies here already is copied, verified, without the network', async () => {
  await using self = await SwarmPeer.start(1);
  const bytes = randomBytes(1024 * 1024 + 1);
  const content = await self.hold('x', bytes);
  const fetch = self.fetch(content, bytes.byteLength, 'copy');
  await fetch.run(forever);
  assert.equal(sha(await readFile(join(self.folder, 'copy'))), sha(bytes));
  assert.deepEqual(fetch.shares(), []);
});

test('peers of different networks refuse each other with a sentence', async () => {
  await using holder = await SwarmPeer.start(1, new TestNetwork());
  await using fetcher = await SwarmPeer.start(2);
  fetcher.knows(holder);
  await assert.rejects(
    fetcher.swarm.link(holder.id, [holder.address], forever),
    /belongs to another network/,
  );
});

test('a different file at the destination is never overwritten without a word', async () => {
  await using holder = await SwarmPeer.start(1);
  await using fetcher = await SwarmPeer.start(2);
  fetcher.knows(holder);
  const content = await holder.hold('x', Buffer.from('new'));
  await writeFile(join(fetcher.folder, 'x'), 'old');
  await assert.rejects(fetcher.fetch(content, 3, 'x').run(forever), { code: 'conflict' });
  assert.equal(await readFile(join(fetcher.folder, 'x'), 'utf8'), 'old');
  await fetcher.fetch(content, 3, 'x', true).run(forever);
  assert.equal(await readFile(join(fetcher.folder, 'x'), 'utf8'), 'new');
});

test('a source that shows no ticket that holds is given up at once, and says why', async () => {
  const network = new TestNetwork();
  const ended = new TestNetwork(network.key, { issued: 0, expires: 1 });
  await using holder = await SwarmPeer.start(1, ended);
  await using receiver = await SwarmPeer.start(2, network);
  const content = await holder.hold('a', randomBytes(LEAF_BYTES));
  receiver.knows(holder);
  await assert.rejects(receiver.fetch(content, LEAF_BYTES, 'b').run(forever), {
    message: /its ticket ended at 1970/,
  });
  assert.deepEqual(
    receiver.passedOver.map(({ retry }) => retry),
    [false],
  );
});
