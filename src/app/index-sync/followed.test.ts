import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { PeerdexError } from '../../core/errors.ts';
import { silentLog } from '../../core/ports/log.ts';
import { seededRandom } from '../../core/random.ts';
import { LogFollower } from '../../index/follow-log.ts';
import { MemoryEntryStore } from '../../storage/memory/entry-store.ts';
import { makeFollowed, noteFailure, restLeft } from './followed.ts';

it('a peer that is busy is left alone for as long as it says, and is at no fault by that', () => {
  const clock = new ManualClock();
  const warnings: string[] = [];
  const world = {
    clock,
    random: seededRandom(1),
    log: { ...silentLog, warn: (line: string) => void warnings.push(line) },
  };
  const owner = 'ab'.repeat(16);
  const followed = makeFollowed(owner, new LogFollower({ store: new MemoryEntryStore(), owner, clock }));

  const busy = new PeerdexError('limit', 'too many handshakes a second', { retryAfterMs: 3000 });
  noteFailure(followed, 'alice', busy, world);
  assert.ok(restLeft(followed, clock) >= 3000 && restLeft(followed, clock) <= 4500);
  assert.deepEqual([followed.refusals, warnings], [0, []]);

  const tooMuch = new PeerdexError('limit', 'alice lists more than 10 entries');
  noteFailure(followed, 'alice', tooMuch, world);
  assert.ok(restLeft(followed, clock) > 40_000);
  assert.deepEqual([followed.refusals, warnings.length], [1, 1]);

  noteFailure(followed, 'alice', busy, world);
  assert.ok(restLeft(followed, clock) > 40_000, 'what was a refusal stays one');
});
