import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/harness/eventually.ts';
import { SELF, TestShares } from '../../../test/support/share-service.ts';
import type { VerifyEvent } from './verify-run.ts';

/** Changes a file's bytes as a failing drive does: nothing else tells. */
function rot(file: string): void {
  const { atime, mtime, size } = statSync(file);
  writeFileSync(file, 'X'.repeat(size), { flag: 'r+' });
  utimesSync(file, atime, mtime);
}

async function verify(shares: TestShares): Promise<VerifyEvent[]> {
  const events: VerifyEvent[] = [];
  const [run] = shares.service.verification.begin('data');
  await new Promise<void>((resolve) => {
    run!.watch((event) => {
      events.push(event);
      if (event.event === 'done' || event.event === 'failed') resolve();
    });
  });
  return events;
}

describe('verifying a share', () => {
  it('finds rot, withdraws it from the index and from what is served, and takes it back when it is whole again', async () => {
    await using shares = new TestShares();
    for (let i = 0; i < 200; i += 1) shares.write(`d/f${i}`, `content ${i}`);
    await shares.start();
    assert.equal((await verify(shares)).at(-1)?.event, 'done');
    const { content } = shares.entries.entry(SELF, 'data/d/f77')!;
    const file = join(shares.root, 'd/f77');
    const good = readFileSync(file);
    const { atime, mtime } = statSync(file);
    rot(file);
    const events = await verify(shares);
    const [found] = events.filter(({ event }) => event === 'rotten');
    assert.ok(found?.event === 'rotten');
    assert.deepEqual([found.path, found.content], [file, content]);
    assert.notEqual(found.found, content);
    assert.equal(shares.entries.entry(SELF, 'data/d/f77')?.flag, 0);
    assert.deepEqual(shares.service.contents.locate(content!), []);
    assert.match(shares.warnings(), /rotten, and no longer offered: "d\/f77"/);
    assert.equal(shares.service.status()[0]?.rotten, 1);
    assert.equal(shares.service.totals().files, 199);
    assert.ok(shares.lines.some(({ event }) => event === 'file-rotten'));
    for (let i = 0; i < 3; i += 1) await shares.service.rescan();
    assert.equal(shares.entries.entry(SELF, 'data/d/f77')?.flag, 0);
    // As a backup brings it back: the same bytes, the same time.
    writeFileSync(file, good, { flag: 'r+' });
    utimesSync(file, atime, mtime);
    assert.equal((await verify(shares)).filter(({ event }) => event === 'rotten').length, 0);
    assert.equal(shares.entries.entry(SELF, 'data/d/f77')?.content, content);
    rot(file);
    await verify(shares);
    shares.write('d/f77', 'meant to be so', new Date('2021-01-01'));
    await shares.service.rescan();
    assert.equal(shares.entries.entry(SELF, 'data/d/f77')?.flag, 1);
    assert.equal(shares.service.status()[0]?.rotten, 0);
  });

  it('leaves alone what somebody has changed, and says what cannot be read', async () => {
    await using shares = new TestShares();
    shares.write('changed', 'one');
    shares.write('same', 'same');
    await shares.start();
    shares.write('changed', 'two', new Date('2021-01-01'));
    const events = await verify(shares);
    assert.deepEqual(
      events.filter(({ event }) => event !== 'progress').map(({ event }) => event),
      ['done'],
    );
    assert.equal(shares.entries.entry(SELF, 'data/changed')?.flag, 1);
    assert.throws(() => shares.service.verification.begin('none'), { code: 'not-found' });
  });

  it('reads no faster than it may, goes on after a restart where it was, and one is followed by many', async () => {
    await using shares = new TestShares();
    for (let i = 0; i < 3; i += 1) shares.write(`f${i}`, Buffer.alloc(2 ** 20, i));
    await shares.start({ verifyRate: 4 * 2 ** 20 });
    const began = performance.now();
    const [first] = shares.service.verification.begin();
    assert.equal(shares.service.verification.begin('data')[0], first);
    await verify(shares);
    assert.ok(performance.now() - began >= 700);
    assert.equal(shares.service.verification.progress()[0]?.state, 'ended');
    const { id } = shares.verified.filesAfter(1, 0, 1)[0]!;
    shares.verified.setState(1, { underWay: { after: id, began: 1 }, ended: undefined });
    await shares.stop();
    await shares.start({ verifyRate: 2 ** 30 });
    const progress = () => shares.service.verification.progress()[0]!;
    if (progress().state === 'running') await verify(shares);
    assert.equal(progress().state, 'ended');
    assert.ok(shares.lines.some(({ text }) => /^verified 3 files/.test(text)));
  });

  it('goes on with shares whose turn had not come before a restart, and with one that was paused', async () => {
    await using shares = new TestShares();
    shares.write('large', Buffer.alloc(2 ** 20));
    const other = join(shares.base, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'f'), 'f');
    await shares.start({ verifyRate: 1000 });
    await shares.service.add(other);
    await shares.service.ready('other');
    const id = shares.files.shares().find(({ name }) => name === 'other')!.id;
    const hasEnded = () => shares.verified.state(id).ended !== undefined;

    shares.service.verification.begin();
    await shares.service.pause(other);
    await shares.service.resume(other);
    await shares.stop();
    await shares.start({ verifyRate: 1000 });
    assert.equal(hasEnded(), false);
    await shares.service.remove(shares.root);
    await eventually(hasEnded);
  });

  it('of a share that was paused before its turn came and is here again goes on with it', async () => {
    await using shares = new TestShares();
    shares.write('large', Buffer.alloc(2 ** 20));
    const other = join(shares.base, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'f'), 'f');
    await shares.start({ verifyRate: 1000 });
    await shares.service.add(other);
    await shares.service.ready('other');
    shares.service.verification.begin();
    await shares.service.pause(other);
    await shares.service.resume(other);
    const [run] = shares.service.verification.begin('other');
    const events: string[] = [];
    run!.watch(({ event }) => events.push(event));
    await shares.service.remove(shares.root);
    await eventually(() => events.includes('done') || events.includes('failed'));
    assert.deepEqual(events, ['progress', 'done']);
  });
});
