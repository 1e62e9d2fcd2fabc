import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Tally } from './tally.ts';

const job = '1';
const progress = (path: string, bytes: number, rest: object = {}) =>
  ({ event: 'progress', job, path, bytes, size: 1000, rate: 100, sources: 1, ...rest }) as const;
const done = (path: string, bytes: number, size = 1000) => ({
  event: 'done' as const,
  job,
  path,
  content: 'c',
  bytes,
  size,
  seconds: 1,
  sources: [],
});

describe('tally', () => {
  it('adds up files and bytes of all jobs', () => {
    const tally = new Tally(() => 0);
    tally.take({ event: 'job', job, what: 'a', files: 3, bytes: 3000 });
    tally.take({ event: 'job', job: '2', what: 'b', files: 1, bytes: 500 });
    tally.take(done('/a', 1000));
    tally.take(progress('/b', 400));
    const { files, bytes, size, done: ended, name } = tally.total();
    assert.deepEqual([files, ended, bytes, size, name], [4, 1, 1400, 3500, 'b']);
  });

  it('counts what was here already as had, and not as come', () => {
    let now = 0;
    const tally = new Tally(() => now);
    tally.take({ event: 'job', job, what: 'a', files: 4, bytes: 4000 });
    tally.take(done('/a', 0));
    tally.take(progress('/b', 600));
    now = 1000;
    tally.take(progress('/b', 800));
    assert.deepEqual([tally.total().bytes, tally.total().rate, tally.total().left], [1800, 200, 11]);
    now = 20_000;
    tally.take(progress('/b', 800));
    now = 30_000;
    assert.equal(tally.total().rate, 0);
  });

  it('takes the rate of one file from the daemon', () => {
    const tally = new Tally(() => 0);
    tally.take({ event: 'job', job, what: 'a', files: 1, bytes: 1000 });
    tally.take(progress('/a', 500, { rate: 250 }));
    assert.deepEqual([tally.total().rate, tally.total().left], [250, 2]);
  });

  it('says why nothing moves only while nothing does', () => {
    const tally = new Tally(() => 0);
    tally.take(progress('/a', 0, { rate: 0, reason: 'nobody has it' }));
    assert.equal(tally.total().reason, 'nobody has it');
    tally.take(progress('/b', 1));
    assert.equal(tally.total().reason, undefined);
  });

  it('forgets files that failed or were stopped', () => {
    const tally = new Tally(() => 0);
    tally.take(progress('/a', 10));
    tally.take(progress('/b', 10, { job: '2' }));
    tally.take({ event: 'failed', job, path: '/a', code: 'failed', reason: 'x' });
    tally.take({ event: 'state', job: '2', state: 'paused' });
    assert.deepEqual([tally.total().name, tally.total().bytes], ['', 0]);
  });

  it('counts the files of a whole job once', () => {
    let now = 0;
    const tally = new Tally(() => now);
    tally.take({ event: 'job', job, what: 'set/', files: 50, bytes: 50_000 });
    tally.take(progress('/out', 10_000, { size: 50_000, whole: true }));
    const came = { files: 20, bytes: 20_000, size: 20_000, held: 0, sources: [] };
    tally.take({ event: 'together', job, folder: '/out/set', ...came });
    now = 1000;
    tally.take(progress('/out', 20_000, { size: 50_000, whole: true }));
    const { files, done: ended, bytes, size, rate, left } = tally.total();
    assert.deepEqual([files, ended, bytes, size, rate, left], [50, 20, 20_000, 50_000, 20_000, 1.5]);
  });
});
