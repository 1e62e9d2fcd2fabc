import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { CODE_MS, SESSION_MS, SignIns } from './sign-ins.ts';

const refused = { code: 'unauthorized', hint: /peerdex open/ };

describe('sessions of the dashboard', () => {
  it('a code lets one browser in, once', () => {
    const signIns = new SignIns(new ManualClock());
    const { secret } = signIns.makeCode();
    const session = signIns.exchange(secret);
    assert.ok(signIns.isSignedIn(session.secret));
    assert.throws(() => signIns.exchange(secret), refused);
    assert.ok(signIns.isSignedIn(session.secret));
    assert.equal(signIns.isSignedIn(secret), false);
  });

  it('a code that was never made is refused, and so is an empty one', () => {
    const signIns = new SignIns(new ManualClock());
    for (const code of ['', 'a'.repeat(32)]) assert.throws(() => signIns.exchange(code), refused);
    assert.equal(signIns.isSignedIn(''), false);
  });

  it('codes and sessions end', () => {
    const clock = new ManualClock();
    const signIns = new SignIns(clock);
    const late = signIns.makeCode();
    const { secret: token } = signIns.exchange(signIns.makeCode().secret);
    clock.advance(CODE_MS);
    assert.throws(() => signIns.exchange(late.secret), refused);
    clock.advance(SESSION_MS - CODE_MS - 1);
    assert.ok(signIns.isSignedIn(token));
    clock.advance(1);
    assert.equal(signIns.isSignedIn(token), false);
  });

  it('who signs out is out, the others are not', () => {
    const signIns = new SignIns(new ManualClock());
    const [one, other] = [0, 1].map(() => signIns.exchange(signIns.makeCode().secret).secret);
    signIns.signOut(one!);
    assert.equal(signIns.isSignedIn(one!), false);
    assert.ok(signIns.isSignedIn(other!));
  });

  it('their number is bounded: the oldest give way', () => {
    const signIns = new SignIns(new ManualClock());
    const codes = Array.from({ length: 33 }, () => signIns.makeCode().secret);
    assert.throws(() => signIns.exchange(codes[0]!), refused);
    signIns.exchange(codes.at(-1)!);
    const sessions = Array.from({ length: 65 }, () => signIns.exchange(signIns.makeCode().secret).secret);
    assert.equal(signIns.isSignedIn(sessions[0]!), false);
    assert.ok(signIns.isSignedIn(sessions.at(-1)!));
  });
});
