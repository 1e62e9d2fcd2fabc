import type { DroppedFile } from './uploads.ts';

/** More than anybody wants to drop by hand. */
const MOST = 2000;

/** The files of a drop, those in folders with their paths. To be called in the event itself. */
export async function filesOf(transfer: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ file, path: file.name }));
  const files: DroppedFile[] = [];
  for (const entry of entries) await gather(entry, '', files);
  return files;
}

async function gather(entry: FileSystemEntry, above: string, files: DroppedFile[]): Promise<void> {
  if (files.length >= MOST) return;
  const path = above === '' ? entry.name : `${above}/${entry.name}`;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    files.push({ file, path });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives its folder in pieces, and an empty one at its end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const one of some) await gather(one, path, files);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
