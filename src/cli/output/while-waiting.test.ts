import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Output } from './output.ts';
import { whileWaiting } from './while-waiting.ts';

it('what takes longer than a second is said once, what does not is not', async ({ mock }) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const noted: string[] = [];
  const output = { note: (line: string) => void noted.push(line) } as unknown as Output;
  assert.equal(await whileWaiting(output, 'quick', Promise.resolve(1)), 1);
  await assert.rejects(whileWaiting(output, 'refused', Promise.reject(new Error('no'))), /no/);
  const slow = Promise.withResolvers<number>();
  const answer = whileWaiting(output, 'slow', slow.promise);
  mock.timers.tick(999);
  assert.deepEqual(noted, []);
  mock.timers.tick(5000);
  slow.resolve(2);
  assert.equal(await answer, 2);
  assert.deepEqual(noted, ['slow']);
});
