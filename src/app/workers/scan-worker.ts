import { parentPort, workerData } from 'node:worker_threads';
import { asPeerdexError } from '../../core/errors.ts';
import type { FolderPrint } from '../../core/ports/scan-memory.ts';
import type { ScanChange } from '../../index/compare-folder.ts';
import { FolderWalker } from '../../storage/disk/folder-walker.ts';
import { SqliteLocalFiles } from '../../storage/sqlite/local-files.ts';
import { openPeerDatabase } from '../../storage/sqlite/peer-database.ts';
import { SqliteScanMemory } from '../../storage/sqlite/scan-memory.ts';
import {
  BATCH_SIZE,
  BATCHES_AHEAD,
  type ScanReply,
  type ScanRequest,
  type ScanSetup,
} from './scan-messages.ts';
import { ScanPass } from './scan-pass.ts';

/** The thread of one share: walks it when told, and tells what differs from what the database remembers. */
const port = parentPort!;
const { database, share, exclude, control } = workerData as ScanSetup;
const counters = new Int32Array(control);
const connection = openPeerDatabase(database, { readOnly: true });
const files = new SqliteLocalFiles(connection);
const memory = new SqliteScanMemory(connection);
const walker = new FolderWalker(share.path, exclude);
let posted = Atomics.load(counters, 0);

port.on('message', (request: ScanRequest) => {
  try {
    port.postMessage(scan(request));
  } catch (error) {
    const { code, message } = asPeerdexError(error, `cannot scan ${share.path}`);
    port.postMessage({
      reply: code === 'unavailable' ? 'unavailable' : 'failed',
      message,
    } satisfies ScanReply);
  }
});

function scan(request: ScanRequest): ScanReply {
  let changes: ScanChange[] = [];
  let prints: FolderPrint[] = [];
  const send = (least: number) => {
    if (changes.length < least && prints.length < least) return;
    const batch = { reply: 'batch', changes, prints } as const;
    [changes, prints] = [[], []];
    post(batch);
  };
  const pass = new ScanPass(
    {
      ...{ share, files, memory, walker },
      change(one) {
        changes.push(one);
        send(BATCH_SIZE);
      },
      print(one) {
        prints.push(one);
        send(BATCH_SIZE);
      },
      progress: () => Atomics.add(counters, 1, 1),
    },
    request,
  );
  const end = pass.run();
  send(1);
  return end;
}

/** Waits while the other side is behind, so that neither holds more than a few batches. */
function post(batch: ScanReply): void {
  port.postMessage(batch);
  posted += 1;
  for (;;) {
    const done = Atomics.load(counters, 0);
    if (posted - done <= BATCHES_AHEAD) return;
    Atomics.wait(counters, 0, done);
  }
}
