import { parentPort } from 'node:worker_threads';
import {
  SmallFileWork,
  type SmallReply,
  type SmallRequest,
} from '../../storage/disk/small-files/small-file-pool.ts';

/** The thread of a SmallFilePool: does what it is told, one request at a time. */
const port = parentPort!;
const work = new SmallFileWork();

port.on('message', (request: SmallRequest) => {
  port.postMessage({ answer: work.do(request) } satisfies SmallReply);
});
