import { getAssetKeys, getRawAsset } from 'node:sea';

/** Stands for src/app/packaged-file.ts in the executable: the bytes are the executable's own, mapped and not to be written to. */
export function readPackagedFile(relative: string): Uint8Array | undefined {
  names ??= new Set(getAssetKeys());
  return names.has(PACKAGED + relative) ? new Uint8Array(getRawAsset(PACKAGED + relative)) : undefined;
}

/** Before the names of packaged files, so that no worker or addon is taken for one. */
export const PACKAGED = 'packaged/';
let names: ReadonlySet<string> | undefined;
