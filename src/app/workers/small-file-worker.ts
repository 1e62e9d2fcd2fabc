import { parentPort } from 'node:worker_threads';
import {
  SmallFileWork,
  type SmallReply,
  type SmallRequest,
} from '../../storage/disk/small-files/small-file-pool.ts';

/** The thread of a SmallFilePool: does what it is told, one request at a time. */
const ALIVE_MS = 1000;

const port = parentPort!;
let said = performance.now();

const work = new SmallFileWork(() => {
  if (performance.now() - said < ALIVE_MS) return;
  said = performance.now();
  port.postMessage({ alive: true } satisfies SmallReply);
});

port.on('message', (request: SmallRequest) => {
  said = performance.now();
  port.postMessage({ answer: work.do(request) } satisfies SmallReply);
});
