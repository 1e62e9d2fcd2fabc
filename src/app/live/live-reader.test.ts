import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LiveEvent, LiveJob } from '../../protocol/http/local/live-event.ts';
import type { Status } from '../../protocol/http/local/status.ts';
import { LiveReader } from './live-reader.ts';

const job = (id: string, bytes = 0) => ({ id, bytes }) as LiveJob;
const status = (down: number) => ({ rates: { up: 0, down } }) as Status;
const jobsOf = (events: Iterable<LiveEvent>) => [...events].filter((event) => event.event === 'jobs');

describe('what one client has not been told', () => {
  it('is all there is at first, in pages of at most 500 rows', () => {
    const reader = new LiveReader(
      Array.from({ length: 1001 }, (_, i) => job(`j${i}`)),
      [],
      status(0),
    );
    const events = [...reader.take()];
    assert.deepEqual(
      events.map((event) =>
        'reset' in event ? [event.event, event.reset, event.rows.length] : [event.event],
      ),
      [['status'], ['jobs', true, 500], ['jobs', false, 500], ['jobs', false, 1], ['peers', true, 0]],
    );
    assert.equal(reader.hasNews, false);
  });

  it('is the newest state of each thing, however often it changed since', () => {
    const reader = new LiveReader([job('a'), job('b')], [], status(0));
    assert.equal([...reader.take()].length, 3);
    for (let bytes = 1; bytes <= 10_000; bytes += 1) {
      reader.job('a', job('a', bytes));
      reader.status(status(bytes));
    }
    reader.job('b', undefined);
    const events = [...reader.take()];
    assert.deepEqual(jobsOf(events), [
      { event: 'jobs', reset: false, rows: [job('a', 10_000)], gone: ['b'] },
    ]);
    assert.deepEqual(events[0], { event: 'status', status: status(10_000) });
    assert.deepEqual([...reader.take()], []);
  });

  it('keeps what comes while the client takes for the next time', () => {
    const reader = new LiveReader([job('a')], [], status(0));
    const taking = reader.take();
    assert.equal(taking.next().value!.event, 'status');
    assert.equal(taking.next().value!.event, 'jobs');
    reader.job('a', job('a', 5));
    assert.deepEqual(
      [...taking].map(({ event }) => event),
      ['peers'],
    );
    assert.deepEqual(jobsOf(reader.take()), [{ event: 'jobs', reset: false, rows: [job('a', 5)], gone: [] }]);
  });

  it('is told the next time, whatever it is, when it changes while the client takes what it was', () => {
    const reader = new LiveReader([], [], status(0));
    reader.traffic([]);
    reader.index(1);
    reader.throughput({ at: 'a', up: 1, down: 2 });
    reader.network();
    for (const { event } of reader.take()) {
      if (event === 'status') reader.status(status(1));
      if (event === 'traffic') reader.traffic([{ id: 'a', up: 1, down: 0 }]);
      if (event === 'index') reader.index(2);
      if (event === 'throughput') reader.throughput({ at: 'b', up: 3, down: 4 });
      if (event === 'network') reader.network();
    }
    assert.ok(reader.hasNews);
    assert.deepEqual(
      [...reader.take()],
      [
        { event: 'status', status: status(1) },
        { event: 'traffic', rows: [{ id: 'a', up: 1, down: 0 }] },
        { event: 'index', entries: 2 },
        { event: 'throughput', at: 'b', up: 3, down: 4 },
        { event: 'network' },
      ],
    );
  });

  it('is of throughput the newest point, and of the network that something changed', () => {
    const reader = new LiveReader([], [], status(0));
    [...reader.take()];
    reader.throughput({ at: 'a', up: 1, down: 2 });
    reader.throughput({ at: 'b', up: 3, down: 4 });
    reader.network();
    reader.network();
    assert.ok(reader.hasNews);
    assert.deepEqual(
      [...reader.take()],
      [{ event: 'throughput', at: 'b', up: 3, down: 4 }, { event: 'network' }],
    );
    assert.equal(reader.hasNews, false);
  });

  it('waits until something is told, the time is over, or the client goes', async () => {
    const reader = new LiveReader([], [], status(0));
    [...reader.take()];
    const { signal } = new AbortController();
    const told = reader.next(signal, 60_000);
    reader.wake();
    reader.index(3);
    reader.wake();
    await told;
    assert.deepEqual([...reader.take()], [{ event: 'index', entries: 3 }]);
    await reader.next(signal, 1);
    const gone = new AbortController();
    const waiting = reader.next(gone.signal, 60_000);
    gone.abort();
    await waiting;
  });
});
