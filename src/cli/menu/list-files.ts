import { PeerdexError } from '../../core/errors.ts';
import type { LocalClient } from '../daemon.ts';

export interface ListedFile {
  /** Index path. */
  readonly path: string;
  readonly size: number;
}

/** Files of a peer, folder by folder, at most `most`. A peer that went away meanwhile has none. */
export async function listFiles(client: LocalClient, peer: string, most: number): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  const folders = [''];
  while (folders.length > 0 && files.length < most) {
    const folder = folders.shift()!;
    for (const entry of await entriesOf(client, `${peer}:${folder}`)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.kind === 'folder') folders.push(path);
      else if (files.length < most) files.push({ path, size: entry.size });
    }
  }
  return files;
}

async function entriesOf(client: LocalClient, where: string) {
  try {
    return (await client.ls({ query: { where } })).entries;
  } catch (error) {
    if (error instanceof PeerdexError && error.code === 'not-found') return [];
    throw error;
  }
}
