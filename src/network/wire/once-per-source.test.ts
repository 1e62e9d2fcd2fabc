import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { oncePerSource } from './once-per-source.ts';

it('a source is heard once a minute, and forgetting old ones bounds the memory', () => {
  const clock = new ManualClock();
  const heard: string[] = [];
  const say = oncePerSource(clock, (message, source) => heard.push(`${source} ${message}`));
  say('one', 'a');
  say('two', 'a');
  say('three', 'b');
  assert.deepEqual(heard, ['a one', 'b three']);
  clock.advance(59_999);
  say('four', 'a');
  assert.equal(heard.length, 2);
  clock.advance(1);
  say('five', 'a');
  assert.deepEqual(heard.slice(2), ['a five']);
  for (let i = 0; i < 999; i += 1) say('x', `source ${i}`);
  heard.length = 0;
  say('six', 'a');
  assert.deepEqual(heard, [], 'a is among the last 1000');
  say('y', 'one more');
  say('seven', 'a');
  assert.deepEqual(heard, ['one more y', 'a seven']);
});
