import { getAsset } from 'node:sea';

/** Stands for src/app/worker-url.ts in the executable: a worker's code comes out of the executable itself. */
export function workerUrl(name: string): URL {
  return new URL(`data:text/javascript;base64,${Buffer.from(getAsset(`${name}.mjs`)).toString('base64')}`);
}
