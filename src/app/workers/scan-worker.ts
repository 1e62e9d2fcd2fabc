import { parentPort, workerData } from 'node:worker_threads';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { FolderIdentity } from '../../core/ports/local-file-store.ts';
import { compareFolder, type ScanChange } from '../../index/compare-folder.ts';
import { FolderWalker } from '../../storage/disk/folder-walker.ts';
import { SqliteLocalFiles } from '../../storage/sqlite/local-files.ts';
import { openPeerDatabase } from '../../storage/sqlite/peer-database.ts';
import { ProblemTally } from './problem-tally.ts';
import {
  BATCH_CHANGES,
  BATCHES_AHEAD,
  type ScanReply,
  type ScanRequest,
  type ScanSetup,
} from './scan-messages.ts';

/** The thread of one share: walks it when told, and tells what differs from what the database remembers. */
const port = parentPort!;
const { database, share, exclude, control } = workerData as ScanSetup;
const counters = new Int32Array(control);
const files = new SqliteLocalFiles(openPeerDatabase(database, { readOnly: true }));
const walker = new FolderWalker(share.path, exclude);
let posted = Atomics.load(counters, 0);

port.on('message', ({ root }: ScanRequest) => {
  try {
    post(pass(root));
  } catch (error) {
    const { code, message } = asPeerdexError(error, `cannot scan ${share.path}`);
    post({ reply: code === 'unavailable' ? 'unavailable' : 'failed', message });
  }
});

function pass(before: FolderIdentity | undefined): ScanReply {
  const root = rootLike(before);
  const tally = new ProblemTally();
  const folders = [''];
  let links = 0;
  let changes: ScanChange[] = [];
  for (let relative = folders.pop(); relative !== undefined; relative = folders.pop()) {
    // Read first: what is recorded while the folder is listed must not look as if it had gone.
    const known = files.directory(share.id, relative);
    const listing = walker.list(relative);
    if (relative === '') {
      rootLike(root);
      if (!listing.complete) throw new PeerdexError('unavailable', `${share.path} cannot be read`);
    }
    const difference = compareFolder(share.name, listing, known);
    links += listing.links;
    tally.add(difference.problems);
    const prefix = relative === '' ? '' : `${relative}/`;
    for (const name of difference.folders.toReversed()) folders.push(prefix + name);
    for (const change of difference.changes) {
      changes.push(change);
      if (changes.length < BATCH_CHANGES) continue;
      batch(changes);
      changes = [];
    }
    Atomics.add(counters, 1, 1);
  }
  if (changes.length > 0) batch(changes);
  return { reply: 'end', root, links, warnings: tally.sentences() };
}

/** What stands at the root; throws unless it is the folder that was there before. */
function rootLike(before: FolderIdentity | undefined): FolderIdentity {
  const root = walker.root();
  if (!before || (before.device === root.device && before.inode === root.inode)) return root;
  throw new PeerdexError(
    'unavailable',
    `${share.path} is another folder than it was: what was shared stays listed until the old one is back; ` +
      'to share this one instead, unshare it and share it again',
  );
}

/** Waits while the other side is behind, so that neither holds more than a few batches. */
function batch(changes: readonly ScanChange[]): void {
  post({ reply: 'batch', changes });
  posted += 1;
  for (;;) {
    const done = Atomics.load(counters, 0);
    if (posted - done <= BATCHES_AHEAD) return;
    Atomics.wait(counters, 0, done);
  }
}

function post(reply: ScanReply): void {
  port.postMessage(reply);
}
