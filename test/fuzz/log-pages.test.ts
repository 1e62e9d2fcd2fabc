import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readSignedPage, signedPageOf } from '../../src/app/page-bytes.ts';
import { fromWirePage, toWirePage } from '../../src/app/wire-page.ts';
import type { LogPage } from '../../src/core/entry.ts';
import { PeerdexError } from '../../src/core/errors.ts';
import { isContentId } from '../../src/core/ids.ts';
import { pathProblem } from '../../src/core/index-path.ts';
import { MAX_CONTENT_BYTES } from '../../src/core/leaf-layout.ts';
import { checkPage } from '../../src/index/check-page.ts';
import { signPage } from '../../src/index/signed-page.ts';
import { WirePage } from '../../src/protocol/http/peer/operations.ts';
import { systemVerifier } from '../../src/storage/disk/ecdsa.ts';
import { freshKey } from '../support/fresh-key.ts';
import { nearly, text } from './from-schema.ts';
import { runs } from './runs.ts';

const KEY = freshKey();
const OWNER = KEY.id;
const SOURCE = { owner: OWNER, server: 'ef'.repeat(16) };
const INDEX = '01'.repeat(8);
const ASKED = { index: INDEX, since: 5, limit: 20, floor: undefined };

/** A page that an honest peer could have sent. */
const honest: fc.Arbitrary<WirePage> = fc
  .record({
    since: fc.constantFrom(0, ASKED.since),
    steps: fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: ASKED.limit }),
    beyond: fc.nat(10),
    names: fc.array(
      fc.stringMatching(/^[a-zé]{1,8}$/).map((name) => name.normalize('NFC')),
      {
        minLength: ASKED.limit,
        maxLength: ASKED.limit,
      },
    ),
    kinds: fc.array(fc.constantFrom('file', 'folder', 'deleted'), {
      minLength: ASKED.limit,
      maxLength: ASKED.limit,
    }),
  })
  .map(({ since, steps, beyond, names, kinds }) => {
    let seq = since;
    const records = steps.map((step, i) => {
      seq += step;
      const kind = kinds[i]!;
      return {
        seq,
        path: `share/${names[i]}`,
        kind: kind === 'folder' ? ('folder' as const) : ('file' as const),
        size: kind === 'file' ? i * 1000 : 0,
        mtime: String(i * 1_000_000_007),
        executable: false,
        ...(kind === 'file' ? { content: 'cd'.repeat(32) } : {}),
        flag: kind === 'deleted' ? (0 as const) : (1 as const),
      };
    });
    const more = beyond > 5 && records.length > 0;
    return { owner: OWNER, index: INDEX, floor: 0, last: seq + beyond, since, records, more };
  });

/** The same with one value in it replaced by something else. */
const tampered = fc
  .tuple(
    honest,
    fc.nat(),
    fc.oneof(
      ...[nearly(WirePage), text, fc.jsonValue({ maxDepth: 1 }), fc.integer(), fc.double()],
      ...[fc.nat(30), fc.boolean(), fc.stringMatching(/^share\/[a-z]{1,5}$/)],
    ),
  )
  .map(([page, where, what]) => {
    const copy = structuredClone(page) as unknown as Record<string, unknown>;
    const places = placesIn(copy);
    const { holder, key } = places[where % places.length]!;
    holder[key] = what;
    return copy;
  });

/** Bytes that its owner signed, whatever they say: of a page, of a page with some bytes changed, of anything. */
const bytes = fc.oneof(
  { weight: 6, arbitrary: tampered.map((page) => Buffer.from(JSON.stringify(page))) },
  { weight: 1, arbitrary: nearly(WirePage).map((page) => Buffer.from(JSON.stringify(page) ?? '')) },
  { weight: 1, arbitrary: fc.json().map((json) => Buffer.from(json)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(honest, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }))
      .map(([page, changes]) => {
        const changed = Buffer.from(JSON.stringify(page));
        for (const [at, byte] of changes) changed[at % changed.length] = byte;
        return changed;
      }),
  },
);

const header = fc.oneof(
  fc.constantFrom(undefined, Buffer.from(KEY.publicKey).toString('base64url'), ['a', 'b'], 5),
  fc.base64String(),
  text,
  fc.uint8Array({ maxLength: 120 }).map((some) => Buffer.from(some).toString('base64url')),
);

describe('log pages', () => {
  it('of an honest peer are taken, and travel unchanged', () => {
    fc.assert(
      fc.property(honest, (wire) => {
        const signed = signPage(KEY, Buffer.from(JSON.stringify(wire)));
        const page = readSignedPage(SOURCE, signed, systemVerifier);
        assert.deepEqual(page, fromWirePage(wire));
        checkPage(SOURCE, ASKED, page);
        assert.deepEqual(toWirePage(page), wire);
      }),
      runs(100),
    );
  });

  it('of a hostile one are refused, or harmless', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(bytes, (hostile) => {
        const page = readOrRefuse(() => readSignedPage(SOURCE, signPage(KEY, hostile), systemVerifier));
        if (page) taken += 1;
        else refused += 1;
        if (page) assertHarmless(page);
      }),
      runs(500),
    );
    assert.ok(taken > 0 && refused > 0, `${taken} taken, ${refused} refused`);
  });

  it('that their owner did not sign are refused, whatever stands beside them', () => {
    fc.assert(
      fc.property(honest, header, header, (wire, key, signature) => {
        const headers = { 'peerdex-key': key, 'peerdex-signature': signature };
        const page = readOrRefuse(() => {
          const signed = signedPageOf(SOURCE, headers, Buffer.from(JSON.stringify(wire)));
          return readSignedPage(SOURCE, signed, systemVerifier);
        });
        assert.equal(page, undefined);
      }),
      runs(200),
    );
  });
});

/** The page, if it can be an answer to what was asked; undefined when it is refused as it ought to be. */
function readOrRefuse(read: () => LogPage): LogPage | undefined {
  try {
    const page = read();
    checkPage(SOURCE, ASKED, page);
    return page;
  } catch (error) {
    assert.ok(error instanceof PeerdexError && error.code === 'verification', String(error));
    assert.ok(error.message.length < 1000 && error.message.includes(SOURCE.server), error.message);
    return undefined;
  }
}

/** What the store and everybody behind it rely on. */
function assertHarmless({ owner, index, floor, last, since, records, more }: LogPage): void {
  assert.equal(owner, OWNER);
  assert.match(index, /^[0-9a-f]{16}$/);
  assert.ok(since === 0 || (since === ASKED.since && index === ASKED.index));
  assert.ok(floor <= last && since <= last && records.length <= ASKED.limit);
  if (more) assert.ok(records.length > 0, 'who promises more gives something');
  let before = since;
  for (const { seq, path, kind, size, mtime, content, flag } of records) {
    assert.ok(Number.isSafeInteger(seq) && seq > before && seq <= last);
    before = seq;
    assert.equal(pathProblem(path), undefined);
    assert.ok(Number.isSafeInteger(size) && size >= 0 && size <= MAX_CONTENT_BYTES);
    assert.equal(BigInt.asIntN(64, mtime), mtime);
    if (kind === 'folder') assert.deepEqual([size, content], [0, undefined]);
    assert.equal(content !== undefined, kind === 'file' && flag === 1);
    if (content !== undefined) assert.ok(isContentId(content));
  }
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Every place in a JSON value where another could stand. */
function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}
