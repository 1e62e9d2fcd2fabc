/** The file of a worker in `workers/`: TypeScript in a checkout, JavaScript where the package is built. */
export function workerUrl(name: string): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./workers/${name}.${extension}`, import.meta.url);
}
