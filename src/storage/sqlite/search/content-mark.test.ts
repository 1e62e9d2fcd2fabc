import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SqliteEntryQueries } from '../entry-queries.ts';
import { openPeerDatabase } from '../peer-database.ts';
import { contentMarks } from './content-mark.ts';
import { openSearchDatabase } from './search-database.ts';

/** An index of its own each time, in memory. */
function marks(): (content: Uint8Array) => number {
  const peer = openPeerDatabase(':memory:');
  const search = openSearchDatabase(':memory:', new SqliteEntryQueries(peer));
  const markOf = contentMarks(search);
  peer.close();
  search.close();
  return markOf;
}

const content = (change: (bytes: DataView) => void): Uint8Array => {
  const bytes = new Uint8Array(32).fill(7);
  change(new DataView(bytes.buffer));
  return bytes;
};

describe('the mark of a content', () => {
  it('differs for ids that differ in a few bits, wherever they are', () => {
    const markOf = marks();
    const ids = [content(() => {})];
    for (let bit = 0; bit < 256; bit += 1) {
      for (const other of [bit, (bit + 32) % 256, (bit + 128) % 256, 255]) {
        const flip = (bytes: DataView, at: number) =>
          bytes.setUint8(at >>> 3, bytes.getUint8(at >>> 3) ^ (1 << (at & 7)));
        ids.push(
          content((bytes) => {
            flip(bytes, bit);
            if (other !== bit) flip(bytes, other);
          }),
        );
      }
    }
    const different = new Set(ids.map((id) => Buffer.from(id).toString('hex')));
    assert.equal(new Set(ids.map(markOf)).size, different.size);
  });

  it('is 31 bits, the same for the same id, and another in another index', () => {
    const [one, other] = [marks(), marks()];
    const ids = Array.from({ length: 100 }, (_, at) => content((bytes) => bytes.setUint32(at % 28, at + 1)));
    for (const id of ids) {
      assert.equal(one(id), one(Uint8Array.from(id)));
      assert.ok(one(id) >= 0 && one(id) < 2 ** 31);
    }
    assert.ok(ids.filter((id) => one(id) === other(id)).length <= 1);
  });
});
