import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { seededBytes } from '../../test/harness/files.ts';
import { GROUP_BYTES, groupCount, MAX_CONTENT_BYTES } from '../core/leaf-layout.ts';
import { MANIFEST_PAGE_GROUPS } from '../protocol/swarm/limits.ts';
import { ManifestPages, PAGE_GROUPS, pageCount, pageOf } from './manifest-pages.ts';

const PAGE_SIZE = PAGE_GROUPS * GROUP_BYTES; // 32 GiB of content

describe('manifest pages', () => {
  it('are cut as the wire has them', () => {
    assert.equal(PAGE_GROUPS, MANIFEST_PAGE_GROUPS);
    assert.equal(PAGE_SIZE, 32 * 2 ** 30);
    const counts = [0, 1, PAGE_SIZE, PAGE_SIZE + 1, MAX_CONTENT_BYTES].map(pageCount);
    assert.deepEqual(counts, [0, 1, 1, 2, 512]);
  });

  it('of any size make up the whole again', () => {
    const size = fc.oneof(
      fc.integer({ min: 0, max: 5 * PAGE_SIZE }),
      fc.constantFrom(0, 1, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 3 * PAGE_SIZE),
    );
    fc.assert(
      fc.property(size, fc.nat(), (bytes, seed) => {
        const manifest = { size: bytes, groups: seededBytes(groupCount(bytes) * 32, seed) };
        const pages = new ManifestPages(bytes);
        for (let page = 0; page < pageCount(bytes); page += 1) {
          assert.equal(pages.finish(), undefined, 'not before the last');
          const part = pageOf(manifest, page)!;
          assert.ok(part.byteLength <= PAGE_GROUPS * 32 && part.byteLength > 0);
          assert.equal(pages.add(page, part), true);
        }
        const whole = pages.finish()!;
        assert.equal(whole.size, bytes);
        assert.equal(Buffer.compare(whole.groups, manifest.groups), 0);
      }),
    );
  });

  it('that do not fit are refused', () => {
    const size = 2 * PAGE_SIZE + 1;
    const manifest = { size, groups: seededBytes(groupCount(size) * 32) };
    for (const page of [-1, 3, 2 ** 32 - 1]) assert.equal(pageOf(manifest, page), undefined);
    const pages = new ManifestPages(size);
    const [first, , last] = [0, 1, 2].map((page) => pageOf(manifest, page)!);
    assert.equal(last!.byteLength, 32);
    assert.equal(pages.add(1, pageOf(manifest, 1)!), false, 'out of turn');
    assert.equal(pages.add(0, first!.subarray(32)), false, 'too short');
    assert.equal(pages.add(0, new Uint8Array(first!.byteLength + 32)), false, 'too long');
    assert.equal(pages.add(-1, first!), false);
    assert.equal(pages.add(0, first!), true);
    assert.equal(pages.add(0, first!), false, 'twice');
    assert.equal(pages.add(1, pageOf(manifest, 1)!), true);
    assert.equal(pages.add(2, first!), false, 'the last is short');
    assert.equal(pages.add(2, last!), true);
    assert.equal(pages.add(3, new Uint8Array(0)), false, 'there are no more');
    assert.ok(pages.finish());
  });
});
