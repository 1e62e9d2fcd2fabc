import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Blake3Hasher } from '@napi-rs/blake-hash';
import watcher from '@parcel/watcher';
import { readPackagedFile } from '../../../src/app/packaged-file.ts';

/**
 * An executable's entry that prints what it finds in itself, as JSON: the hash of nothing, the name of a new file as the watcher
 * says it, the packaged file that is named in its argument.
 */
const folder = mkdtempSync(path.join(tmpdir(), 'watched-'));
const watched = Promise.withResolvers<string>();
void watcher
  .subscribe(folder, (error, events) =>
    error ? watched.reject(error) : watched.resolve(path.basename(events[0]?.path ?? '')),
  )
  .then(async (subscription) => {
    writeFileSync(path.join(folder, 'new.txt'), '');
    const file = readPackagedFile(process.argv[2]!);
    const found = {
      hash: new Blake3Hasher().digest('hex'),
      watched: await watched.promise,
      packaged: file && new TextDecoder().decode(file),
    };
    process.stdout.write(JSON.stringify(found));
    await subscription.unsubscribe();
    rmSync(folder, { recursive: true });
  });
