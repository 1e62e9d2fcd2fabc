import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PeerdexError } from '../core/errors.ts';
import { createLog } from './log.ts';

function capture(format: 'text' | 'json', level: 'debug' | 'info' = 'info') {
  const lines: string[] = [];
  return { lines, log: createLog({ format, level, stream: { write: (line) => lines.push(line) } }) };
}

test('text lines tell time, level, message and fields', () => {
  const { lines, log } = capture('text');
  log.info('registered lab-7', { peer: '3fa2', at: '10.0.0.7:10000', files: 3, name: 'two words' });
  log.debug('not at this level');
  assert.equal(lines.length, 1);
  assert.match(
    lines[0]!,
    /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO {2}registered lab-7 peer=3fa2 at=10\.0\.0\.7:10000 files=3 name="two words"\n$/,
  );
});

test('what others named cannot write on the terminal', () => {
  const { lines, log } = capture('text');
  log.warn('hello \u001b[2J\r\n\u009b31m', { name: '\u202eevil\u0007' });
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /^[\x20-\x7e]+\n$/);
  assert.ok(lines[0]!.includes('\\u{1b}[2J'));
});

test('json lines are one object each, errors with their causes, secrets left out', () => {
  const { lines, log } = capture('json');
  const error = new PeerdexError('failed', 'it broke', { cause: new Error('deep') });
  log.error('no', { error, token: 'abc', request: { authorization: 'Bearer abc' } });
  const line = JSON.parse(lines[0]!);
  assert.equal(line.level, 'error');
  assert.equal(line.msg, 'no');
  assert.equal(line.error.code, 'failed');
  assert.equal(line.error.cause.message, 'deep');
  assert.doesNotMatch(lines[0]!, /abc/);
});
