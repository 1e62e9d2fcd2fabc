import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ShareService, type ShareServiceOptions } from '../../src/app/shares.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Log } from '../../src/core/ports/log.ts';
import { systemRandom } from '../../src/core/random.ts';
import { SqliteEntryStore } from '../../src/storage/sqlite/entry-store.ts';
import { SqliteHashStore } from '../../src/storage/sqlite/hash-store.ts';
import { SqliteLocalFiles } from '../../src/storage/sqlite/local-files.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { SqliteScanMemory } from '../../src/storage/sqlite/scan-memory.ts';
import { SqliteVerifyStore } from '../../src/storage/sqlite/verify-store.ts';

export const SELF = 'a'.repeat(32);
export const OLD = new Date('2020-01-01T00:00:00Z');

/** Real shares of a real folder, on a database in a folder of its own. */
export class TestShares implements AsyncDisposable {
  readonly base: string;
  /** The shared folder. */
  readonly root: string;
  readonly lines: { readonly event: unknown; readonly text: string }[] = [];
  service!: ShareService;
  entries!: SqliteEntryStore;
  files!: SqliteLocalFiles;
  verified!: SqliteVerifyStore;
  #close: () => void = () => {};

  constructor() {
    this.base = realpathSync(mkdtempSync(join(tmpdir(), 'peerdex-scan-')));
    this.root = join(this.base, 'data');
    mkdirSync(this.root);
  }

  /** Shares the folder, and waits for its first pass. */
  async start(options: Partial<ShareServiceOptions> = {}): Promise<void> {
    this.open(options);
    await this.service.add(this.root);
    await this.service.start();
    await this.service.firstPassDone;
  }

  /** With what the database remembers, and shares nothing more. The service is not started. */
  open(options: Partial<ShareServiceOptions> = {}): void {
    const database = join(this.base, 'peer.db');
    const connection = openPeerDatabase(database);
    this.entries = new SqliteEntryStore(connection);
    this.files = new SqliteLocalFiles(connection);
    this.verified = new SqliteVerifyStore(connection);
    const hashes = new SqliteHashStore(connection, systemClock);
    const memory = new SqliteScanMemory(connection);
    this.#close = () => connection.close();
    this.service = new ShareService({
      self: SELF,
      database,
      stores: { entries: this.entries, files: this.files, hashes, memory, verified: this.verified },
      clock: systemClock,
      random: systemRandom,
      log: this.#log(),
      scanSeconds: 3600,
      stillSeconds: 0,
      ...options,
    });
  }

  /** Ends it; `start` goes on with the same database. */
  async stop(): Promise<void> {
    await this.service.stop();
    this.#close();
  }

  write(path: string, text: string | Uint8Array, time = OLD): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
    utimesSync(join(this.root, path), time, time);
  }

  /** What is in the index, a folder with `/` at its end. */
  index(): string[] {
    return this.entries
      .page(SELF, 0, 100_000)
      .filter(({ flag }) => flag === 1)
      .map(({ path, kind }) => (kind === 'folder' ? `${path}/` : path))
      .sort();
  }

  /** Likewise, by paths below the share. */
  live(): string[] {
    return this.index()
      .filter((path) => path !== 'data/')
      .map((path) => path.slice('data/'.length));
  }

  warnings(): string {
    return this.service.status()[0]!.warnings.join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.base, { recursive: true, force: true });
  }

  #log(): Log {
    const line = (text: string, fields?: { readonly event?: unknown }) => {
      this.lines.push({ event: fields?.event, text });
    };
    return { debug() {}, info: line, warn: line, error: line } as unknown as Log;
  }
}
