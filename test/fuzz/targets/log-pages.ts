import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readSignedPage, signedPageOf } from '../../../src/app/page-bytes.ts';
import { toWirePage } from '../../../src/app/wire-page.ts';
import type { LogPage } from '../../../src/core/entry.ts';
import { isContentId } from '../../../src/core/ids.ts';
import { pathProblem } from '../../../src/core/index-path.ts';
import { MAX_CONTENT_BYTES } from '../../../src/core/leaf-layout.ts';
import { checkPage } from '../../../src/index/check-page.ts';
import { signPage } from '../../../src/index/signed-page.ts';
import { MAX_PAGE_RECORDS } from '../../../src/protocol/http/peer/operations.ts';
import { systemVerifier } from '../../../src/storage/disk/ecdsa.ts';
import { freshKey } from '../../support/fresh-key.ts';
import { bytes as kept } from '../corpus.ts';
import { mutatedBytes } from '../mutate.ts';
import { mutatedJson } from '../mutate-json.ts';
import { quickKey, quickVerifier } from '../quick-keys.ts';
import { orRefused } from '../refusal.ts';
import { target } from '../target.ts';

const OWNER = quickKey(1);
const SOURCE = { owner: OWNER.id, server: 'ef'.repeat(16) };
const ASKED = { index: '01'.repeat(8), since: 5, limit: 4, floor: undefined };
const FILE = {
  path: 'share/é.txt',
  kind: 'file',
  size: 12,
  mtime: '1700000000000000000',
  executable: false,
  content: 'cd'.repeat(32),
};
const PAGE = {
  owner: OWNER.id,
  index: ASKED.index,
  floor: 0,
  last: 20,
  since: 5,
  records: [
    { ...FILE, seq: 6, flag: 1 },
    { seq: 9, path: 'share/folder', kind: 'folder', size: 0, mtime: '-5', executable: false, flag: 1 },
    { seq: 20, path: 'share/gone', kind: 'file', size: 0, mtime: '0', executable: false, flag: 0 },
  ],
  more: false,
};

/** Whatever its owner has signed: a page that is right, or none. */
export const logPages = target<Uint8Array>(
  {
    name: 'log-pages',
    parses: [
      'app/page-bytes.ts',
      'app/wire-page.ts',
      'index/check-page.ts',
      'core/bounded-json.ts',
      'protocol/http/peer/operations.ts',
    ],
    usual: 500,
  },
  () => {
    const pages = [PAGE, { ...PAGE, since: 0 }, { ...PAGE, since: 2 }, { ...PAGE, records: [], last: 5 }];
    const asBytes = pages.map((page) => Buffer.from(JSON.stringify(page)));
    const inputs = fc.oneof(
      { weight: 3, arbitrary: mutatedJson(pages).map((page) => Buffer.from(JSON.stringify(page) ?? '')) },
      { weight: 1, arbitrary: mutatedBytes([...asBytes, ...kept('log-pages')]) },
    );
    return { inputs, check };
  },
);

function check(body: Uint8Array): boolean {
  const page = orRefused(['verification'], () => {
    const read = readSignedPage(SOURCE, signPage(OWNER, body), quickVerifier);
    assert.ok(read.records.length <= MAX_PAGE_RECORDS);
    checkPage(SOURCE, ASKED, read);
    return read;
  });
  if (!page) return false;
  assertHarmless(page);
  const again = Buffer.from(JSON.stringify(toWirePage(page)));
  assert.deepEqual(readSignedPage(SOURCE, signPage(OWNER, again), quickVerifier), page);
  return true;
}

/** What the store and everybody behind it rely on. */
function assertHarmless({ owner, index, floor, last, since, records, more }: LogPage): void {
  assert.equal(owner, OWNER.id);
  assert.match(index, /^[0-9a-f]{16}$/);
  // One that was kept to be passed on may begin earlier.
  assert.ok(since === 0 || (since <= ASKED.since && index === ASKED.index));
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

/** Key, signature and body as they travel, a line each: nothing but the owner's own words passes for them. */
export const pageSignatures = target<Uint8Array>(
  { name: 'page-signatures', parses: ['app/page-bytes.ts', 'index/signed-page.ts', 'storage/disk/ecdsa.ts'] },
  () => {
    const [owner, other] = [freshKey(), freshKey()];
    const source = { owner: owner.id, server: owner.id };
    const body = Buffer.from(JSON.stringify({ ...PAGE, owner: owner.id }));
    const line = (of: Uint8Array) => Buffer.from(of).toString('base64url');
    const message = (signed: ReturnType<typeof signPage>) =>
      Buffer.concat([Buffer.from(`${line(signed.key)}\n${line(signed.signature)}\n`), signed.body]);
    const good = signPage(owner, body);
    const foreign = signPage(other, body);
    const samples = [good, foreign, { ...foreign, key: good.key }].map(message);
    const check = (bytes: Uint8Array): boolean => {
      const [key, signature, ...rest] = Buffer.from(bytes).toString('latin1').split('\n');
      const sent = Buffer.from(rest.join('\n'), 'latin1');
      const page = orRefused(['verification'], () => {
        const headers = { 'peerdex-key': key, 'peerdex-signature': signature };
        return readSignedPage(source, signedPageOf(source, headers, sent), systemVerifier);
      });
      if (page) assert.deepEqual(sent, body);
      return page !== undefined;
    };
    return { inputs: mutatedBytes(samples), check };
  },
);
