import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Begins the name of everything that is made outside this process; its number and a dash follow. */
export const PREFIX = 'peerdex-crowd-';

/** Of these names, those that a process made which is gone without having cleaned up. */
export const ownedByNobody = (names: readonly string[]): string[] =>
  names.filter((name) => {
    const owner = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    // An earlier process may have had this one's number.
    return Number.isInteger(owner) && (owner === process.pid || !isAlive(owner));
  });

/** Removes folders that a killed run left: in memory they would stay until the next boot. */
export function removeOldFolders(folder: string): void {
  for (const name of ownedByNobody(readdirSync(folder)))
    rmSync(path.join(folder, name), { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
