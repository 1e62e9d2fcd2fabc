import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryTransfers } from '../../test/support/memory-transfers.ts';
import { sampleContent } from '../../test/support/sample-content.ts';
import { settle } from '../../test/support/settle.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import { ContentFetch } from './fetch-content.ts';

const A = sampleContent(3 * LEAF_BYTES, 1);

describe('a content on its way', () => {
  it('has ended for those who read it also where its partial cannot be closed', async () => {
    const world = new MemoryTransfers();
    world.generous = false;
    world.hold(A);
    const parts = world.parts();
    const { partials } = parts;
    const broken = new Error('read-only file system');
    const open: typeof partials.open = async (...args) => {
      const partial = await partials.open(...args);
      const close = partial.close.bind(partial);
      partial.close = async () => {
        await close();
        throw broken;
      };
      return partial;
    };
    const fetch = new ContentFetch(
      { ...parts, partials: { ...partials, open } },
      {
        ...{ content: A.id, size: A.size, destination: { root: '/to', relative: 'a' }, overwrite: false },
        ...{ onPassedOver() {}, onFile() {} },
      },
    );
    const stop = new AbortController();
    const run = fetch.run(stop.signal);
    run.catch(() => {});
    while (world.opened.length === 0) await settle();
    let ended = 0;
    parts.holdings.open(A.id, {
      ready() {},
      got() {},
      ended() {
        ended += 1;
      },
    });
    stop.abort(new Error('enough'));
    await assert.rejects(run, broken);
    assert.equal(ended, 1);
    assert.equal(parts.holdings.open(A.id, { ready() {}, got() {}, ended() {} }), undefined);
  });
});
