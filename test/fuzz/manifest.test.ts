import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { blake3 } from '../../src/core/digest.ts';
import { PeerdexError } from '../../src/core/errors.ts';
import { groupCount, LEAF_BYTES, leafCount, MAX_CONTENT_BYTES } from '../../src/core/leaf-layout.ts';
import {
  checkManifest,
  groupSlice,
  isGroup,
  type Manifest,
  ManifestBuilder,
} from '../../src/core/manifest.ts';
import { seededBytes } from '../harness/files.ts';
import { runs } from './runs.ts';

/**
 * The content id once more, from the words of the design and not from the program: a group is up to 64 leaf hashes behind its tag,
 * the id is size and group hashes behind theirs. Built upside down (hex text, one string a level), so that both cannot err alike.
 */
function idInWords(size: number, leafHashes: readonly string[]): { id: string; groups: string[] } {
  const tagged = (tag: string, hex: string) =>
    hexOf(blake3(Buffer.from(`${Buffer.from(`${tag}\0`, 'latin1').toString('hex')}${hex}`, 'hex')));
  const groups: string[] = [];
  leafHashes.forEach((hash, n) => {
    groups[Math.trunc(n / 64)] = (groups[Math.trunc(n / 64)] ?? '') + hash;
  });
  const groupHashes = groups.map((group) => tagged('peerdex/group/1', group));
  let littleEndian = '';
  for (let rest = size, i = 0; i < 8; i += 1, rest = Math.floor(rest / 256))
    littleEndian += (rest % 256).toString(16).padStart(2, '0');
  return { id: tagged('peerdex/content/1', littleEndian + groupHashes.join('')), groups: groupHashes };
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const MOST = 200 * LEAF_BYTES;
const size = fc.oneof(
  fc.integer({ min: 0, max: MOST }),
  fc
    .tuple(fc.nat(200), fc.integer({ min: -1, max: 1 }))
    .map(([leaves, off]) => Math.max(0, Math.min(MOST, leaves * LEAF_BYTES + off))),
);
/** A content of which there are only the leaf hashes: they may as well be any 32 bytes. */
const content = fc.record({ size, seed: fc.nat() }).map(({ size: bytes, seed }) => {
  const hashes = seededBytes(leafCount(bytes) * 32, seed);
  const leaves = Array.from({ length: leafCount(bytes) }, (_, n) => hashes.subarray(n * 32, (n + 1) * 32));
  return { size: bytes, leaves, ...idInWords(bytes, leaves.map(hexOf)) };
});

describe('manifests', () => {
  it('are what the design says in words, of any size', () => {
    fc.assert(
      fc.property(content, (one) => {
        const builder = new ManifestBuilder(one.size);
        for (const hash of one.leaves) builder.add(hash);
        const built = builder.finish();
        assert.equal(built.content, one.id);
        assert.equal(hexOf(built.manifest.groups), one.groups.join(''));
        assert.equal(hexOf(built.leaves), one.leaves.map(hexOf).join(''));
        checkManifest(one.id, built.manifest);
        for (let group = 0; group < groupCount(one.size); group += 1)
          assert.equal(isGroup(built.manifest, group, groupSlice(built.leaves, group)), true);
      }),
      runs(60),
    );
  });

  it('with anything changed in them are refused', () => {
    fc.assert(
      fc.property(content, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(8), (one, at, flip, how) => {
        const groups = Uint8Array.from(Buffer.from(one.groups.join(''), 'hex'));
        const changed = changedManifest({ size: one.size, groups }, at, flip, how);
        if (!changed) return checkManifest(one.id, { size: one.size, groups });
        assert.throws(
          () => checkManifest(one.id, changed),
          (error) => error instanceof PeerdexError && error.code === 'verification',
        );
      }),
      runs(150),
    );
  });

  it('take no group but their own, whole and in place', () => {
    fc.assert(
      fc.property(
        content,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.integer(),
        (one, at, flip, group) => {
          const manifest = { size: one.size, groups: Buffer.from(one.groups.join(''), 'hex') };
          const all = Buffer.concat(one.leaves);
          const count = groupCount(one.size);
          const own = count > 0 ? Math.abs(group) % count : 0;
          const leaves = Buffer.from(groupSlice(all, own));
          assert.equal(isGroup(manifest, own, leaves), count > 0);
          for (const other of [own + 1, own - 1, group, count])
            if (other !== own) assert.equal(isGroup(manifest, other, leaves), false);
          if (leaves.byteLength === 0) return;
          assert.equal(isGroup(manifest, own, leaves.subarray(0, -32)), false);
          assert.equal(isGroup(manifest, own, Buffer.concat([leaves, leaves.subarray(0, 32)])), false);
          leaves[at % leaves.byteLength]! ^= flip;
          assert.equal(isGroup(manifest, own, leaves), false);
        },
      ),
      runs(100),
    );
  });

  it('of any rubbish are refused and nothing else happens', () => {
    const anySize = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom(0, 1, MAX_CONTENT_BYTES, MAX_CONTENT_BYTES + 1),
    );
    const anyId = fc.oneof(fc.string(), fc.constant('0'.repeat(64)));
    fc.assert(
      fc.property(anyId, anySize, fc.uint8Array({ maxLength: 100 }), (id, bytes, groups) => {
        assert.throws(
          () => checkManifest(id, { size: bytes, groups }),
          (error) => error instanceof PeerdexError && error.code === 'verification',
        );
      }),
      runs(200),
    );
  });
});

/** Undefined where the change would be none. */
function changedManifest(
  { size: bytes, groups }: Manifest,
  at: number,
  flip: number,
  how: number,
): Manifest | undefined {
  if (how === 0) return { size: bytes + flip, groups };
  if (how === 1) return { size: bytes - flip, groups };
  if (how === 2) return { size: bytes, groups: Buffer.concat([groups, new Uint8Array(32)]) };
  if (how === 3) return { size: bytes, groups: Buffer.concat([groups, new Uint8Array(1 + (flip % 31))]) };
  if (groups.byteLength === 0) return undefined;
  if (how === 4) return { size: bytes, groups: groups.subarray(0, -32) };
  const changed = Uint8Array.from(groups);
  changed[at % changed.byteLength]! ^= flip;
  return { size: bytes, groups: changed };
}
