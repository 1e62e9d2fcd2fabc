import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { isCancel, select } from '@clack/prompts';
import { whileAsked } from './while-asked.ts';

describe('a question on the terminal', () => {
  const asked = (input: PassThrough, output: PassThrough) =>
    whileAsked(
      (signal) =>
        select({ message: 'Which?', options: [{ value: 'a' }, { value: 'b' }], signal, input, output }),
      undefined,
      input,
    );

  for (const [how, key] of [
    ['Ctrl-D', '\x04'],
    ['Ctrl-C', '\x03'],
    ['the end of the input', undefined],
  ] as const) {
    it(`is not answered by ${how}`, async () => {
      const [input, output] = [new PassThrough(), new PassThrough()];
      const answer = asked(input, output);
      await once(output, 'data');
      if (key === undefined) input.end();
      else input.write(key);
      assert.ok(isCancel(await answer));
    });
  }

  it('is answered by a choice', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const answer = asked(input, output);
    await once(output, 'data');
    input.write('\r');
    assert.equal(await answer, 'a');
  });
});
