import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clock, systemClock } from './clock.ts';
import { Wakeup } from './wakeup.ts';

const never = new AbortController().signal;
const still: Clock = { ...systemClock, after: () => () => {} };

test('a wait ends by time, by waking or by its signal, whichever is first', async () => {
  const wakeup = new Wakeup();
  await wakeup.wait(systemClock, 1, never);
  const waits = [wakeup.wait(still, 1e9, never), wakeup.wait(still, 1e9, never)];
  wakeup.wake();
  await Promise.all(waits);
  const abort = new AbortController();
  const aborted = wakeup.wait(still, 1e9, abort.signal);
  abort.abort(new Error('enough'));
  await assert.rejects(aborted, /enough/);
  await assert.rejects(wakeup.wait(still, 1e9, abort.signal), /enough/);
});
