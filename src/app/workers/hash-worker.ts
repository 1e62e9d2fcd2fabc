import { parentPort } from 'node:worker_threads';
import { FileHasher } from '../../storage/disk/file-hasher.ts';
import type { HashReply, HashRequest } from '../../storage/disk/hash-pool.ts';

/** The thread of a HashPool: hashes what it is told, one request at a time. */
const ALIVE_MS = 1000;
/** Less is copied sooner than its memory is handed over. */
const MOVED_BYTES = 16_384;

const port = parentPort!;
let said = performance.now();

const hasher = new FileHasher(Date.now, () => {
  if (performance.now() - said < ALIVE_MS) return;
  said = performance.now();
  port.postMessage({ alive: true } satisfies HashReply);
});

port.on('message', ({ root, relative, manner }: HashRequest) => {
  said = performance.now();
  const { still, rate } = manner ?? {};
  const outcomes = relative.map((path, i) => hasher.hash(root, path, { rate, still: still?.[i] }));
  hasher.release();
  const buffers = outcomes.flatMap((one) =>
    one.outcome === 'hashed' && one.leaves.byteLength >= MOVED_BYTES ? [one.leaves.buffer] : [],
  );
  port.postMessage({ answer: outcomes } satisfies HashReply, buffers as ArrayBuffer[]);
});
