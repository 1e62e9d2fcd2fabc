import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromWirePage, toWirePage } from '../../src/app/wire-page.ts';
import type { LogPage } from '../../src/core/entry.ts';
import { PeerdexError } from '../../src/core/errors.ts';
import { isContentId } from '../../src/core/ids.ts';
import { pathProblem } from '../../src/core/index-path.ts';
import { MAX_CONTENT_BYTES } from '../../src/core/leaf-layout.ts';
import { checkPage } from '../../src/index/check-page.ts';
import { fitsSchema } from '../../src/network/http/validate.ts';
import { WirePage } from '../../src/protocol/http/peer/operations.ts';
import { nearly, text } from './from-schema.ts';
import { runs } from './runs.ts';

const OWNER = 'ab'.repeat(16);
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

describe('log pages', () => {
  it('of an honest peer are taken, and travel unchanged', () => {
    fc.assert(
      fc.property(honest, (wire) => {
        const sent = JSON.parse(JSON.stringify(wire)) as WirePage;
        assert.equal(fitsSchema(WirePage, sent), true);
        const page = fromWirePage(sent);
        checkPage({ owner: OWNER, server: OWNER }, ASKED, page);
        assert.deepEqual(toWirePage(page), wire);
      }),
      runs(100),
    );
  });

  it('of a hostile one are refused, or harmless', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.oneof({ weight: 8, arbitrary: tampered }, nearly(WirePage), fc.jsonValue()),
        (hostile) => {
          const sent: unknown = JSON.parse(JSON.stringify(hostile ?? null));
          if (!fitsSchema(WirePage, sent)) {
            refused += 1;
            return;
          }
          const page = fromWirePage(sent as WirePage);
          try {
            checkPage({ owner: OWNER, server: OWNER }, ASKED, page);
          } catch (error) {
            assert.ok(error instanceof PeerdexError && error.code === 'verification', String(error));
            refused += 1;
            return;
          }
          taken += 1;
          assertHarmless(page);
        },
      ),
      runs(500),
    );
    assert.ok(taken > 0 && refused > 0, `${taken} taken, ${refused} refused`);
  });
});

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
