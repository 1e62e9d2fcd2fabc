import type { JobId } from '../../core/job.ts';
import type { KeptEntry } from '../../core/mirror.ts';
import type { MirrorStore } from '../../core/ports/mirror-store.ts';

/** What mirrors know of their folders, until the process ends. */
export class MemoryMirrorStore implements MirrorStore {
  readonly #entries = new Map<JobId, Map<string, KeptEntry>>();

  kept(job: JobId, after: string, limit: number): readonly KeptEntry[] {
    const behind = [...(this.#entries.get(job)?.values() ?? [])].filter(({ relative }) => relative > after);
    return behind.sort((a, b) => (a.relative < b.relative ? -1 : 1)).slice(0, limit);
  }

  keep(job: JobId, entries: readonly KeptEntry[]): void {
    const known = this.#entries.get(job) ?? new Map<string, KeptEntry>();
    for (const entry of entries) known.set(entry.relative, entry);
    this.#entries.set(job, known);
  }

  forget(job: JobId, relatives: readonly string[]): void {
    for (const relative of relatives) this.#entries.get(job)?.delete(relative);
  }
}
