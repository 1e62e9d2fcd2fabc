import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { linkedAbort } from './linked-abort.ts';

test('a parent aborts it with its own reason, now and later', () => {
  const parent = new AbortController();
  const early = linkedAbort(undefined, parent.signal);
  const reason = new Error('over');
  parent.abort(reason);
  assert.equal(early.signal.reason, reason);
  assert.equal(linkedAbort(parent.signal).signal.reason, reason);
});

test('released it has left nothing on its parent and hears no more of it', () => {
  const parent = new AbortController();
  const linked = linkedAbort(parent.signal);
  linked.release();
  assert.equal(getEventListeners(parent.signal, 'abort').length, 0);
  parent.abort();
  assert.equal(linked.signal.aborted, false);
  linked.abort(new Error('own'));
  assert.equal(linked.signal.aborted, true);
});
