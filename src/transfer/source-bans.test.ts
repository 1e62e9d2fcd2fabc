import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import type { PeerId } from '../core/ids.ts';
import type { SourceLink } from '../core/ports/source.ts';
import { BAN_MS, REMEMBERED_MS, SourceBans, TIME_TO_LOOK_MS } from './source-bans.ts';
import { withoutBanned } from './without-banned.ts';

const [A, B, C, D] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64)) as [
  string,
  string,
  string,
  string,
];

describe('bans of sources', () => {
  it('come with bad leaves in three contents, are said once, and end', () => {
    const { bans, clock, said } = start();
    for (const content of [A, A, A, B, B]) bans.badLeaf('liar', content);
    assert.equal(bans.of('liar'), undefined, 'two files may have changed');
    bans.badLeaf('liar', C);
    assert.equal(bans.of('liar')?.code, 'verification');
    assert.match(
      bans.of('liar')!.message,
      /^it sent wrong bytes again and again, and is not asked for an hour$/,
    );
    bans.badLeaf('liar', D);
    assert.deepEqual(said, ['liar']);
    assert.equal(bans.of('other'), undefined);
    clock.advance(BAN_MS);
    assert.equal(bans.of('liar'), undefined);
    bans.badLeaf('liar', 'e'.repeat(64));
    assert.ok(bans.of('liar'), 'who was banned and goes on is banned at once');
    assert.deepEqual(said, ['liar', 'liar']);
  });

  it('come with a bad leaf of a content that was vouched for again', () => {
    const { bans, clock, said } = start();
    bans.badLeaf('liar', A);
    clock.advance(TIME_TO_LOOK_MS - 1);
    bans.badLeaf('liar', A);
    assert.equal(bans.of('liar'), undefined, 'it may still be hashing');
    clock.advance(1);
    bans.badLeaf('liar', A);
    assert.ok(bans.of('liar'));
    assert.deepEqual(said, ['liar']);
  });

  it('do not come of files that change now and then', () => {
    const { bans, clock } = start();
    for (let day = 0; day < 50; day += 1) {
      for (const part of [0, 1]) bans.badLeaf('honest', `${day}-${part}`);
      clock.advance(REMEMBERED_MS);
    }
    assert.equal(bans.of('honest'), undefined);
  });

  it('are bounded in number', () => {
    const { bans } = start();
    for (const content of [A, B, C]) bans.badLeaf('first', content);
    for (let n = 0; n < 999; n += 1) bans.badLeaf(`peer-${n}`, A);
    assert.ok(bans.of('first'));
    bans.badLeaf('one-more', A);
    assert.equal(bans.of('first'), undefined, 'the oldest is forgotten');
  });

  it('keep a peer from being dialled, and nobody else', async () => {
    const { bans } = start();
    const dialled: PeerId[] = [];
    const { signal } = new AbortController();
    const sources = withoutBanned(
      {
        holders: () => ['liar', 'good'],
        nameOf: (peer) => `name of ${peer}`,
        async connect(peer) {
          dialled.push(peer);
          return { peer } as SourceLink;
        },
      },
      bans,
    );
    for (const content of [A, B, C]) bans.badLeaf('liar', content);
    await assert.rejects(sources.connect('liar', signal, []), { code: 'verification', retry: false });
    assert.equal((await sources.connect('good', signal, [])).peer, 'good');
    assert.deepEqual(dialled, ['good']);
    assert.deepEqual(sources.holders(A), ['liar', 'good']);
    assert.equal(sources.nameOf('liar'), 'name of liar');
  });
});

function start() {
  const clock = new ManualClock();
  const said: PeerId[] = [];
  const bans = new SourceBans({ clock, onBan: (peer) => said.push(peer) });
  return { clock, bans, said };
}
