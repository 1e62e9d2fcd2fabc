import { existsSync } from 'node:fs';

/** What a person types to run this program: `npx peerdex` in a checkout, `peerdex` where it is installed. */
export function programName(): string {
  return existsSync(new URL('../../../src/cli/main.ts', import.meta.url)) ? 'npx peerdex' : 'peerdex';
}
