import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getRawAsset } from 'node:sea';

/** Where a library may be put for a moment; the first where it can be written and run wins (a `noexec` mount refuses it). */
const FOLDERS = [tmpdir(), '/dev/shm', '/run', '/var/tmp'];

/**
 * Loads a native addon that lies in the executable. The system maps libraries from files only, so it is written to a folder that
 * only this user can enter, and removed as soon as it is mapped. Throws the last refusal when no place will do.
 */
export function loadNative(name: string): unknown {
  let refusal: unknown;
  for (const base of FOLDERS.filter((folder) => existsSync(folder))) {
    let folder: string | undefined;
    try {
      folder = mkdtempSync(path.join(base, 'peerdex-'));
      const file = path.join(folder, name);
      writeFileSync(file, new Uint8Array(getRawAsset(name)), { mode: 0o500, flag: 'wx' });
      const module = { exports: {} };
      process.dlopen(module, file);
      return module.exports;
    } catch (error) {
      refusal = error;
    } finally {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    }
  }
  const reason = refusal instanceof Error ? refusal.message : String(refusal);
  throw new Error(`cannot load ${name}; is there a folder to run it from? TMPDIR names one: ${reason}`);
}
