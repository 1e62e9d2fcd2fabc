import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';
import { ScanPass } from '../../src/app/workers/scan-pass.ts';
import { systemClock } from '../../src/core/clock.ts';
import { baseName, parentPath } from '../../src/core/index-path.ts';
import type { FolderPrint } from '../../src/core/ports/scan-memory.ts';
import { systemRandom } from '../../src/core/random.ts';
import { ScanApplier } from '../../src/index/apply-scan.ts';
import type { ScanChange } from '../../src/index/compare-folder.ts';
import { OwnLog } from '../../src/index/own-log.ts';
import { FileHasher } from '../../src/storage/disk/file-hasher.ts';
import { FolderWalker } from '../../src/storage/disk/folder-walker.ts';
import { SqliteEntryStore } from '../../src/storage/sqlite/entry-store.ts';
import { SqliteHashStore } from '../../src/storage/sqlite/hash-store.ts';
import { SqliteLocalFiles } from '../../src/storage/sqlite/local-files.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { SqliteScanMemory } from '../../src/storage/sqlite/scan-memory.ts';

const SELF = 'a'.repeat(32);
const SPELLINGS = ['\u00e9', 'e\u0301'];

const spelled = (text: string): string => JSON.stringify(text).replaceAll('\u0301', '\\u0301');

const folder = fc.constantFrom(...SPELLINGS);
const path = fc.tuple(folder, folder, fc.constantFrom(...SPELLINGS, 'a')).map((names) => names.join('/'));
const upper = fc.oneof(
  folder,
  fc.tuple(folder, folder).map((names) => names.join('/')),
);

type Step =
  | { readonly do: 'write' | 'record' | 'record-many' | 'remove'; readonly path: string }
  /** The last name of it in the other spelling, where nothing has that yet. */
  | { readonly do: 'respell'; readonly path: string }
  | { readonly do: 'pass'; readonly only?: readonly string[] }
  /** A pass; what peerdex writes is recorded before what the pass saw is taken in. */
  | { readonly do: 'pass-behind'; readonly path: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('write', 'record', 'record-many'), path }),
  fc.record({ do: fc.constantFrom('remove', 'respell'), path: fc.oneof(path, upper) }),
  fc.record({ do: fc.constant('pass') }),
  fc.record({ do: fc.constant('pass'), only: fc.array(upper, { minLength: 1, maxLength: 3 }) }),
  fc.record({ do: fc.constant('pass-behind'), path }),
) as fc.Arbitrary<Step>;

it('folders and files in two spellings: in the end the index says what lies there', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 14 }), (steps) => {
      using share = new Share();
      for (const one of steps) share.take(one);
      share.pass();
      assert.deepEqual(share.listed(), share.onDisk(), spelled(JSON.stringify(steps)));
    }),
    { numRuns: 150, examples: [[ONCE_LOST]] },
  );
});

/** The folder that is left out takes the one path of both away. */
const ONCE_LOST: Step[] = [
  { do: 'record', path: '\u00e9/\u00e9/e\u0301' },
  { do: 'record', path: '\u00e9/e\u0301/\u00e9' },
];

/** A real folder, real stores, and a pass and a hasher on this thread. */
class Share implements Disposable {
  readonly #root = realpathSync(mkdtempSync(join(tmpdir(), 'peerdex-spellings-')));
  readonly #database = openPeerDatabase(':memory:');
  readonly #entries = new SqliteEntryStore(this.#database);
  readonly #files = new SqliteLocalFiles(this.#database);
  readonly #memory = new SqliteScanMemory(this.#database);
  readonly #hasher = new FileHasher(Date.now, () => {});
  readonly #applier: ScanApplier;
  readonly #share: { readonly id: number; readonly name: string };
  #writes = 0;

  constructor() {
    const log = new OwnLog(this.#entries, SELF, systemClock, systemRandom);
    const hashes = new SqliteHashStore(this.#database, systemClock);
    this.#applier = new ScanApplier({ entries: this.#entries, files: this.#files, hashes }, log, systemClock);
    this.#share = this.#files.addShare('data', this.#root);
  }

  take(one: Step): void {
    if (one.do === 'pass') this.pass(one.only);
    else if (one.do === 'pass-behind')
      this.pass(undefined, () => this.take({ do: 'record', path: one.path }));
    else if (one.do === 'remove') rmSync(this.#at(one.path), { recursive: true, force: true });
    else if (one.do === 'respell') this.#respell(one.path);
    else this.#write(one.path, one.do);
  }

  /** A pass over all, or only those folders and what is new in them, and the hashing of what it found. */
  pass(only?: readonly string[], meanwhile = () => {}): void {
    const changes: ScanChange[] = [];
    const prints: FolderPrint[] = [];
    const { id, name } = this.#share;
    const parts = {
      share: { id, name, path: this.#root },
      ...{ files: this.#files, memory: this.#memory, walker: new FolderWalker(this.#root) },
      change: (one: ScanChange) => changes.push(one),
      print: (one: FolderPrint) => prints.push(one),
      progress() {},
    };
    new ScanPass(parts, { root: undefined, marker: '', only }).run();
    meanwhile();
    ended(this.#applier.apply(this.#share, changes));
    this.#memory.keep(id, prints);
    this.#files.retryDeferred(id);
    const results = this.#files.pending(id, 100).map((taken) => {
      const outcome = this.#hasher.hash(this.#root, join(taken.parent, taken.name));
      return { id: taken.id, taken, outcome };
    });
    this.#hasher.release();
    ended(this.#applier.settle(this.#share, results));
  }

  /** What the index lists. */
  listed(): readonly string[] {
    return this.#entries
      .below(SELF, 'data', 1000)
      .items.map(({ path: at, content }) => `${at} ${content ?? 'folder'}`)
      .toSorted();
  }

  /** What it is to list: of names that are one when they are composed the composed one, else the first. */
  onDisk(below = ''): readonly string[] {
    const names = readdirSync(this.#at(below)).toSorted();
    const shared = Map.groupBy(names, (name) => name.normalize('NFC'));
    return [...shared]
      .flatMap(([composed, [first, ...others]]) => {
        const at = join(below, others.includes(composed) ? composed : first!);
        const listed = join('data', at).normalize('NFC');
        if (lstatSync(this.#at(at)).isDirectory()) return [`${listed} folder`, ...this.onDisk(at)];
        return [`${listed} ${this.#contentOf(at)}`];
      })
      .toSorted();
  }

  [Symbol.dispose](): void {
    this.#database.close();
    rmSync(this.#root, { recursive: true });
  }

  #at(relative: string): string {
    return join(this.#root, relative);
  }

  #write(at: string, how: 'write' | 'record' | 'record-many'): void {
    mkdirSync(dirname(this.#at(at)), { recursive: true });
    this.#writes += 1;
    writeFileSync(this.#at(at), `text ${this.#writes % 3}`);
    utimesSync(this.#at(at), 1_500_000_000, 1_500_000_000 + this.#writes);
    if (how === 'write') return;
    const { content, look } = this.#hashed(at);
    if (how === 'record') {
      ended(this.#applier.record(this.#share, parentPath(at), baseName(at), look, content));
    } else {
      const written = { content, root: this.#root, relative: at, look, hashes: new Uint8Array(64) };
      this.#applier.recordMany(this.#share, [written]);
    }
  }

  #respell(at: string): void {
    const other = SPELLINGS.find((name) => name !== baseName(at))!;
    const to = join(parentPath(at), other);
    if (SPELLINGS.includes(baseName(at)) && existsSync(this.#at(at)) && !existsSync(this.#at(to)))
      renameSync(this.#at(at), this.#at(to));
  }

  #contentOf(at: string): string {
    assert.ok(readFileSync(this.#at(at)).length > 0);
    return this.#hashed(at).content;
  }

  #hashed(at: string) {
    const outcome = this.#hasher.hash(this.#root, at);
    this.#hasher.release();
    assert.equal(outcome.outcome, 'hashed');
    return outcome as Extract<typeof outcome, { outcome: 'hashed' }>;
  }
}

function ended(steps: Generator<void, unknown>): void {
  while (!steps.next().done);
}
