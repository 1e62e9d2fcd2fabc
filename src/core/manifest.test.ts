import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blake3 } from '@napi-rs/blake-hash';
import fc from 'fast-check';
import { PeerdexError } from './errors.ts';
import { GROUP_LEAVES, LEAF_BYTES, leafBytes, leafCount } from './leaf-layout.ts';
import {
  checkManifest,
  contentIdOf,
  groupHash,
  groupSlice,
  hashAt,
  hashSmall,
  isGroup,
  leafHash,
  type Manifest,
  ManifestBuilder,
} from './manifest.ts';

/** The content id as design says it, in the plainest way: everything in memory, one line a level. */
function plainContentId(content: Buffer): string {
  const leaves: Buffer[] = [];
  for (let at = 0; at < content.length; at += LEAF_BYTES)
    leaves.push(blake3(content.subarray(at, at + LEAF_BYTES)));
  const groups: Buffer[] = [];
  for (let at = 0; at < leaves.length; at += 64) {
    groups.push(blake3(Buffer.concat([Buffer.from('peerdex/group/1\0'), ...leaves.slice(at, at + 64)])));
  }
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(content.length));
  return blake3(Buffer.concat([Buffer.from('peerdex/content/1\0'), size, ...groups])).toString('hex');
}

function build(content: Buffer) {
  const builder = new ManifestBuilder(content.length);
  for (let leaf = 0; leaf < leafCount(content.length); leaf += 1) {
    const at = leaf * LEAF_BYTES;
    builder.add(leafHash(content.subarray(at, at + leafBytes(content.length, leaf))));
  }
  return builder.finish();
}

const filled = (size: number) => Buffer.alloc(size, 'peerdex');
const leafHashes = (count: number) => fc.uint8Array({ minLength: count * 32, maxLength: count * 32 });

describe('manifest', () => {
  it('gives the content id of the definition, at every edge', () => {
    for (const size of [
      0,
      1,
      LEAF_BYTES - 1,
      LEAF_BYTES,
      LEAF_BYTES + 1,
      64 * LEAF_BYTES,
      64 * LEAF_BYTES + 1,
      130 * LEAF_BYTES + 7,
    ]) {
      const content = filled(size);
      const built = build(content);
      assert.equal(built.content, plainContentId(content), `${size} bytes`);
      assert.equal(built.leaves.byteLength, 32 * leafCount(size));
      checkManifest(built.content, built.manifest);
    }
  });

  it('of one leaf is the same at once', () => {
    for (const size of [1, 2, 63, 64, 1024, LEAF_BYTES - 1, LEAF_BYTES]) {
      const content = filled(size);
      const leaf = leafHash(content);
      assert.deepEqual(hashSmall(content), {
        content: plainContentId(content),
        hashes: Buffer.concat([leaf, groupHash(leaf)]),
      });
    }
  });

  it('keeps these ids for ever', () => {
    const ids = [0, 1, LEAF_BYTES + 1].map((size) => build(filled(size)).content);
    assert.deepEqual(ids, KNOWN_IDS);
  });

  it('is refused when anything in it is other than its id says', () => {
    const { content, manifest } = build(filled(70 * LEAF_BYTES));
    const refused = (wrong: Manifest) =>
      assert.throws(
        () => checkManifest(content, wrong),
        (error) => error instanceof PeerdexError && error.code === 'verification',
      );
    for (const size of [0, manifest.size - 1, manifest.size + 1, -1, 1.5, Number.NaN, 2 ** 60])
      refused({ ...manifest, size });
    refused({ ...manifest, groups: manifest.groups.subarray(32) });
    refused({ ...manifest, groups: new Uint8Array([...manifest.groups, ...new Uint8Array(32)]) });
    fc.assert(
      fc.property(fc.nat(manifest.groups.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const groups = manifest.groups.slice();
        groups[at]! ^= flip;
        refused({ ...manifest, groups });
      }),
    );
  });

  it('knows the leaf hashes of each group, and no others', () => {
    const { manifest, leaves } = build(filled(GROUP_LEAVES * LEAF_BYTES + 3 * LEAF_BYTES));
    const first = groupSlice(leaves, 0);
    const last = groupSlice(leaves, 1);
    assert.equal(first.byteLength, 64 * 32);
    assert.equal(last.byteLength, 3 * 32);
    assert.equal(isGroup(manifest, 0, first), true);
    assert.equal(isGroup(manifest, 1, last), true);
    assert.deepEqual(hashAt(leaves, 64), last.subarray(0, 32));
    for (const group of [-1, 2, 1000]) assert.equal(isGroup(manifest, group, last), false);
    assert.equal(isGroup(manifest, -2, first), false, 'not counted from the end');
    assert.equal(isGroup(manifest, 1, first), false);
    assert.equal(isGroup(manifest, 0, first.subarray(32)), false);
    assert.equal(isGroup(manifest, 1, new Uint8Array(0)), false);
    fc.assert(
      fc.property(leafHashes(3), (guess) => {
        assert.equal(isGroup(manifest, 1, guess), Buffer.compare(guess, last) === 0);
      }),
    );
  });

  it('is not finished before every leaf is there', () => {
    const builder = new ManifestBuilder(2 * LEAF_BYTES);
    builder.add(leafHash(filled(LEAF_BYTES)));
    assert.throws(() => builder.finish(), /1 of 2 leaves/);
  });

  it('of other bytes or another size has another id', () => {
    assert.notEqual(
      contentIdOf({ size: 0, groups: new Uint8Array(0) }),
      contentIdOf({ size: 1, groups: new Uint8Array(0) }),
    );
    assert.notEqual(build(Buffer.alloc(5)).content, build(Buffer.alloc(6)).content);
  });
});

/** Of 0, 1 and 262,145 bytes of `peerdexpeerdex…`. */
const KNOWN_IDS = [
  '451f044bf8b25e4bc5a6c35bcf09116a4f13e12f7dcbbff8a440fdebfcb9e8eb',
  '760c603b8988a4b149079f05fdca3180d28c201cb634c876fe30221b768e3d5d',
  '274fbe45a4dd583b34cb7adf023d72cc0577ee45131791afd4d2d10dc3c1de47',
];
