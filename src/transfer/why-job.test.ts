import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobFacts } from './job-facts.ts';
import type { JobView } from './job-view.ts';
import type { SourceFacts } from './source-shares.ts';
import { whyJob } from './why-job.ts';

const WORDS = {
  nameOf: (peer: string) => `lab-${peer}`,
  time: () => '14:02',
  rate: (rate: number) => `${rate / 1e6} MB/s`,
};
const JOB: JobView = {
  id: '3f',
  what: 'a.iso',
  state: 'running',
  shown: 'running',
  root: '/d',
  overwrite: false,
  created: 0,
  bytes: 1,
  size: 9,
  rate: 1,
  sources: 1,
};

const source = (peer: string, facts: Partial<SourceFacts> = {}): SourceFacts => ({
  ...{ peer, bytes: 0, rate: 1e6, asked: 1e6, writing: 0, silentMs: 0 },
  ...facts,
});

function texts(sources: readonly SourceFacts[], facts: Partial<JobFacts> = {}): readonly string[] {
  const file = { path: '/d/a.iso', content: undefined, bytes: 1, size: 9, reason: undefined, sources };
  const all = { job: JOB, isRunning: true, files: [file], rate: 3e6, limit: undefined, absent: [], ...facts };
  return whyJob(all, WORDS).map(({ text }) => text);
}

describe('what holds a job back', () => {
  it('is its sources, where what was asked for is on its way', () => {
    assert.deepEqual(texts([source('1')]), ['lab-1 is limited by its uplink or the way here']);
    assert.deepEqual(texts([source('1'), source('2'), source('3')]), [
      'all 3 sources are limited by their uplink or the way here',
    ]);
  });

  it('is a source that is silent, or has nothing more to give', () => {
    assert.deepEqual(
      texts([source('1'), source('2', { silentMs: 4200 }), source('3', { asked: 0 }), source('4')]),
      [
        '2 of 4 sources are limited by their uplink or the way here',
        'lab-2 gives nothing for 4 s',
        'lab-3 has nothing now that is missing here',
      ],
    );
  });

  it('is the limit here, and the disk here, before the sources', () => {
    assert.deepEqual(texts([source('1'), source('2', { asked: 0 })], { limit: 3.2e6 }), [
      'the download limit here, 3.2 MB/s for all downloads',
      'lab-2 has nothing now that is missing here',
    ]);
    assert.equal(texts([source('1')], { limit: 9e6 })[0], 'lab-1 is limited by its uplink or the way here');
    assert.deepEqual(texts([source('1', { asked: 0, writing: 5e6 })]), [
      'the disk here writes more slowly than files come',
    ]);
  });

  it('is whom it waits for: first who has the file and is away', () => {
    const job: JobView = { ...JOB, shown: 'waiting', why: 'no active peer holds this file' };
    assert.deepEqual(texts([], { job, absent: [{ name: 'lab-7', lastSeen: 0 }] }), [
      'waiting: holder lab-7 is away since 14:02',
      'waiting: no active peer holds this file',
    ]);
  });

  it('is what became of it, where it does not run', () => {
    const still = (job: Partial<JobView>) =>
      texts([], { job: { ...JOB, ...job }, isRunning: false, files: [] })[0];
    assert.equal(still({ state: 'paused' }), 'it is paused; `peerdex resume 3f` goes on with it');
    assert.equal(
      still({ state: 'failed', reason: 'no room' }),
      'it failed: no room; `peerdex resume 3f` tries again',
    );
    assert.equal(still({ state: 'done' }), 'nothing: it is done');
  });
});
