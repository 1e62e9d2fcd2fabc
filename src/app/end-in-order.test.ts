import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { type Log, silentLog } from '../core/ports/log.ts';
import { endInOrder } from './end-in-order.ts';
import { NamedEnds } from './named-ends.ts';
import { Readiness } from './observe/readiness.ts';

describe('the end of a daemon', () => {
  it('has a last moment, at which it says what has not ended', async () => {
    const { lines, log } = lineLog();
    const clock = new ManualClock();
    const ended: string[] = [];
    const started = new NamedEnds();
    started.defer(() => void ended.push('lock'), 'the lock');
    const hung = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    started.use(
      {
        [Symbol.asyncDispose]: () => {
          reached.resolve();
          return hung.promise;
        },
      },
      'the port',
    );
    started.defer(() => void ended.push('jobs'), 'jobs');
    const resources = started.move();
    const ending = endInOrder({ ...parts(clock, log), resources });
    await reached.promise;
    assert.equal(resources.ending, 'the port');
    clock.advance(9999);
    assert.ok(!lines.includes('stop-forced'));
    clock.advance(1);
    await ending;
    assert.deepEqual(lines, ['stopping', 'stop-forced the port']);
    assert.deepEqual(ended, ['jobs']);
    hung.resolve();
  });

  it('says nothing of it when all ends, in the order opposite to its beginning', async () => {
    const { lines, log } = lineLog();
    const ended: string[] = [];
    const resources = new NamedEnds();
    resources.defer(() => void ended.push('first'));
    resources.use({ [Symbol.dispose]: () => void ended.push('second') });
    await endInOrder({ ...parts(new ManualClock(), log), resources });
    assert.deepEqual(lines, ['stopping', 'stopped']);
    assert.deepEqual(ended, ['second', 'first']);
    assert.equal(resources.ending, undefined);
  });
});

const parts = (clock: ManualClock, log: Log) => ({
  ...{ readiness: new Readiness(() => []), open: { finish: async () => {} }, clock, log },
});

function lineLog(): { readonly lines: string[]; readonly log: Log } {
  const lines: string[] = [];
  const note: Log['info'] = (_text, fields) =>
    void lines.push([fields?.event, fields?.what].filter(Boolean).join(' '));
  return { lines, log: { ...silentLog, info: note, warn: note, error: note } };
}
