import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { tempFolder } from '../../test/harness/temp-folder.ts';
import { silentLog } from '../core/ports/log.ts';
import { keepLimits, readKeptLimits } from './kept-limits.ts';

const LIMITS = {
  up: { usual: 5000, periods: [{ days: 62, from: 480, to: 1080, rate: null }] },
  down: { usual: null, periods: [] },
};

describe('limits that stay', () => {
  it('are read as they were kept, by their owner only, until they are forgotten', async () => {
    await using folder = await tempFolder();
    assert.equal(readKeptLimits(folder.path, silentLog), undefined);
    keepLimits(folder.path, LIMITS);
    assert.deepEqual(readKeptLimits(folder.path, silentLog), LIMITS);
    assert.equal(statSync(folder.join('limits.json')).mode & 0o777, 0o600);
    keepLimits(folder.path, undefined);
    assert.equal(readKeptLimits(folder.path, silentLog), undefined);
  });

  it('are none where the file makes no sense, and that is told', async () => {
    await using folder = await tempFolder();
    const period = LIMITS.up.periods[0];
    for (const text of [
      '',
      'null',
      '{}',
      JSON.stringify({ ...LIMITS, up: { usual: 1, periods: [] } }),
      JSON.stringify({ ...LIMITS, up: { usual: null, periods: [{ ...period, days: 0 }] } }),
      JSON.stringify({ ...LIMITS, up: { usual: null, periods: [{ ...period, to: 1441 }] } }),
      JSON.stringify({ ...LIMITS, down: { usual: null, periods: Array(51).fill(period) } }),
    ]) {
      writeFileSync(folder.join('limits.json'), text);
      const events: unknown[] = [];
      const log = {
        ...silentLog,
        warn: (_: string, fields?: { event?: unknown }) => events.push(fields?.event),
      };
      assert.equal(readKeptLimits(folder.path, log as typeof silentLog), undefined, text);
      assert.deepEqual(events, ['limits-unreadable'], text);
    }
  });
});
