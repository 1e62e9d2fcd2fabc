import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../../test/support/manual-clock.ts';
import { LONGEST_PREVIEW_MS, PREVIEW_MS, Previews } from './previews.ts';

const ended = { code: 'not-found', hint: /open it again/ };
const previewed = { content: 'a'.repeat(64), size: 5, name: 'x.png', isSignedIn: () => true };

describe('capabilities to see one content', () => {
  it('count while they are used, and end after the last use', () => {
    const clock = new ManualClock();
    const previews = new Previews(clock);
    const { token, expires } = previews.make(previewed);
    assert.equal(expires, clock.now() + PREVIEW_MS);
    for (let i = 0; i < 3; i += 1) {
      clock.advance(PREVIEW_MS - 1);
      assert.equal(previews.use(token).name, 'x.png');
    }
    clock.advance(PREVIEW_MS);
    assert.throws(() => previews.use(token), ended);
  });

  it('end however often they are used', () => {
    const clock = new ManualClock();
    const previews = new Previews(clock);
    const { token } = previews.make(previewed);
    for (let at = 0; at + PREVIEW_MS / 2 < LONGEST_PREVIEW_MS; at += PREVIEW_MS / 2) {
      previews.use(token);
      clock.advance(PREVIEW_MS / 2);
    }
    previews.use(token);
    clock.advance(PREVIEW_MS / 2);
    assert.throws(() => previews.use(token), ended);
  });

  it('end with the session, and none is one that was never made', () => {
    const previews = new Previews(new ManualClock());
    let isSignedIn = true;
    const { token } = previews.make({ ...previewed, isSignedIn: () => isSignedIn });
    previews.use(token);
    isSignedIn = false;
    assert.throws(() => previews.use(token), ended);
    for (const none of ['', 'a'.repeat(32)]) assert.throws(() => previews.use(none), ended);
  });

  it('are bounded: the oldest give way', () => {
    const previews = new Previews(new ManualClock());
    const tokens = Array.from({ length: 129 }, () => previews.make(previewed).token);
    assert.throws(() => previews.use(tokens[0]!), ended);
    previews.use(tokens[1]!);
  });
});
