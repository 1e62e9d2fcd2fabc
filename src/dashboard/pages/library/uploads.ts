import { useSyncExternalStore } from 'react';
import { upload } from '../../api/upload.ts';
import { messageOf } from '../../parts/states.tsx';

/** A file that is being shared by dropping it onto the page. */
export interface Upload {
  readonly id: number;
  /** Below the downloads folder. */
  readonly path: string;
  readonly size: number;
  readonly sent: number;
  readonly state: 'waiting' | 'sending' | 'done' | 'failed';
  readonly problem: string | undefined;
}

/** What somebody dropped. */
export interface DroppedFile {
  readonly file: Blob;
  readonly path: string;
}

const AT_A_TIME = 2;
const SHOWN_DONE_MS = 6000;
const MOST_KEPT = 2000;

let uploads: readonly Upload[] = [];
let next = 1;
const waiting: (() => Promise<void>)[] = [];
const stops = new Map<number, AbortController>();
let running = 0;
const listeners = new Set<() => void>();

export const useUploads = (): readonly Upload[] => useSyncExternalStore(subscribe, () => uploads);

/** Sends them one after the other; names are as the downloads folder is to have them. */
export function share(files: readonly DroppedFile[]): void {
  for (const { file, path } of files.slice(0, MOST_KEPT)) {
    const id = next;
    next += 1;
    stops.set(id, new AbortController());
    set([...uploads, { id, path, size: file.size, sent: 0, state: 'waiting', problem: undefined }]);
    waiting.push(() => send(id, file, path));
  }
  pump();
}

/** Ends it, or takes it off the list. */
export function dropUpload(id: number): void {
  stops.get(id)?.abort(new Error('cancelled'));
  stops.delete(id);
  set(uploads.filter((one) => one.id !== id));
}

function pump(): void {
  while (running < AT_A_TIME && waiting.length > 0) {
    running += 1;
    void waiting.shift()!().finally(() => {
      running -= 1;
      pump();
    });
  }
}

async function send(id: number, file: Blob, path: string): Promise<void> {
  const signal = stops.get(id)?.signal;
  if (!signal) return;
  change(id, { state: 'sending' });
  try {
    await upload(file, path, { signal, onSent: (sent) => change(id, { sent }) });
    change(id, { state: 'done', sent: file.size });
    setTimeout(() => dropUpload(id), SHOWN_DONE_MS);
  } catch (error) {
    if (!signal.aborted) change(id, { state: 'failed', problem: messageOf(error) });
  } finally {
    stops.delete(id);
  }
}

const change = (id: number, what: Partial<Upload>): void =>
  set(uploads.map((one) => (one.id === id ? { ...one, ...what } : one)));

function set(now: readonly Upload[]): void {
  uploads = now;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
