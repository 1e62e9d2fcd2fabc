import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { ScanPass } from './scan-pass.ts';

it('the time in which a disk did not answer makes no pass longer', () => {
  const clock = new ManualClock();
  let progress = 0;
  let hung = 0;
  const onHang = () => {
    hung += 1;
  };
  const pass = new ScanPass({ clock, whole: true, progress: () => progress, onHang });
  for (let time = 0; time < 9; time += 1) {
    progress += 1;
    clock.advance(20_000);
  }
  assert.equal(pass.took, 180_000);
  clock.advance(3600_000);
  assert.ok(pass.hangs);
  progress += 1;
  clock.advance(5000);
  pass.end();
  assert.ok(pass.took < 300_000, `${pass.took} ms`);
  assert.ok(hung > 100);
});
