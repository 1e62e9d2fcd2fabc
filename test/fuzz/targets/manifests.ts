import assert from 'node:assert/strict';
import { groupCount, LEAF_BYTES } from '../../../src/core/leaf-layout.ts';
import {
  checkManifest,
  contentIdOf,
  groupSlice,
  isGroup,
  ManifestBuilder,
} from '../../../src/core/manifest.ts';
import { ManifestPages } from '../../../src/transfer/manifest-pages.ts';
import { seededBytes } from '../../harness/files.ts';
import { mutatedBytes } from '../mutate.ts';
import { orRefused } from '../refusal.ts';
import { target } from '../target.ts';

const LEAVES = 130;
const ALL = seededBytes(LEAVES * 32, 7);
const SIZE = LEAVES * LEAF_BYTES - 5;

/** Size (8 bytes) and hashes as they travel: no others pass for those that the content's id is made of. */
export const manifests = target<Uint8Array>(
  { name: 'manifests', parses: ['core/manifest.ts', 'transfer/manifest-pages.ts'] },
  () => {
    const right = manifestOf(SIZE, seededBytes(groupCount(SIZE) * 32, 8));
    const id = contentIdOf(right);
    const samples = [SIZE, SIZE + 1, 0, 2 ** 44].map((size) =>
      Buffer.concat([sizeBytes(size), right.groups]),
    );
    const check = (bytes: Uint8Array): boolean => {
      if (bytes.byteLength < 8) return false;
      const size = Number(Buffer.from(bytes).readBigUInt64LE(0));
      const groups = bytes.subarray(8);
      const taken = orRefused(['verification'], () => [checkManifest(id, { size, groups })]) !== undefined;
      assert.equal(taken, size === SIZE && Buffer.compare(groups, right.groups) === 0);
      if (Number.isSafeInteger(size) && size <= 2 ** 44) assertPages(size, groups);
      return taken;
    };
    return { inputs: mutatedBytes(samples), check };
  },
);

/** Group (1 byte) and its leaf hashes: none but its own, whole and in their order. */
export const leafHashes = target<Uint8Array>({ name: 'leaf-hashes', parses: ['core/manifest.ts'] }, () => {
  const { groups, manifest } = built();
  const samples = groups.map((leaves, group) => Buffer.concat([Buffer.of(group), leaves]));
  const check = (bytes: Uint8Array): boolean => {
    const group = (bytes[0] ?? 0) - (bytes[1] === 0xff ? 256 : 0);
    const leaves = bytes.subarray(1);
    const taken = isGroup(manifest, group, leaves);
    assert.equal(taken, groups[group] !== undefined && Buffer.compare(leaves, groups[group]) === 0);
    return taken;
  };
  return { inputs: mutatedBytes(samples), check };
});

/** A page is taken only in its place and at its length; what is put together is what came. */
function assertPages(size: number, hashes: Uint8Array): void {
  const pages = new ManifestPages(size);
  const fits = pages.add(0, hashes);
  assert.equal(fits, hashes.byteLength > 0 && hashes.byteLength === Math.min(2048, groupCount(size)) * 32);
  assert.equal(pages.add(0, hashes) && fits, false, 'not twice');
  const whole = pages.finish();
  if (whole) assert.equal(whole.groups.byteLength, groupCount(size) * 32);
}

const manifestOf = (size: number, groups: Uint8Array) => ({ size, groups });

function sizeBytes(size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(size));
  return bytes;
}

function built() {
  const builder = new ManifestBuilder(SIZE);
  for (let leaf = 0; leaf < LEAVES; leaf += 1) builder.add(ALL.subarray(leaf * 32, (leaf + 1) * 32));
  const { manifest, leaves } = builder.finish();
  const groups = Array.from({ length: groupCount(SIZE) }, (_, group) => groupSlice(leaves, group));
  return { groups, manifest };
}
