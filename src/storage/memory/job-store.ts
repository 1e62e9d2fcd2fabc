import type { ErrorCode } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import type { ItemState, JobId, JobItem, JobRecord, JobTotals } from '../../core/job.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import type { MirrorOptions } from '../../core/mirror.ts';
import type { JobStore, WhichItems } from '../../core/ports/job-store.ts';
import type { WantedItem } from '../../core/wanted.ts';

/** Jobs that end with the process. */
export class MemoryJobStore implements JobStore {
  readonly #jobs = new Map<JobId, { job: JobRecord; items: JobItem[] }>();

  create(job: JobRecord, items: readonly WantedItem[]): void {
    this.#jobs.set(job.id, { job, items: openItems(items) });
  }

  setItems(id: JobId, items: readonly WantedItem[]): void {
    const known = this.#jobs.get(id);
    if (known) known.items = openItems(items);
  }

  setRoot(id: JobId, rootInode: bigint): void {
    const known = this.#jobs.get(id);
    if (known) known.job = { ...known.job, rootInode };
  }

  setMirror(id: JobId, mirror: MirrorOptions): void {
    const known = this.#jobs.get(id);
    if (known?.job.mirror) known.job = { ...known.job, mirror };
  }

  get(id: JobId): JobRecord | undefined {
    return this.#jobs.get(id)?.job;
  }

  all(): readonly JobRecord[] {
    return [...this.#jobs.values()].map(({ job }) => job).sort((a, b) => a.created - b.created);
  }

  update(
    id: JobId,
    { state, reason, ended }: Pick<JobRecord, 'state'> & Partial<Pick<JobRecord, 'reason' | 'ended'>>,
  ): void {
    const known = this.#jobs.get(id);
    if (known) known.job = { ...known.job, state, reason, ended };
  }

  items(id: JobId, state: ItemState, after: number, limit: number, which?: WhichItems): readonly JobItem[] {
    const isMeant = ({ size }: JobItem) => which === undefined || size <= LEAF_BYTES === (which === 'small');
    return this.#items(id)
      .filter((item) => item.state === state && item.ordinal > after && isMeant(item))
      .slice(0, limit);
  }

  endItem(id: JobId, ordinal: number, state: ItemState, code?: ErrorCode, reason?: string): void {
    const items = this.#items(id);
    const item = items[ordinal];
    if (item) items[ordinal] = { ...item, state, code, reason };
  }

  endItems(id: JobId, ordinals: readonly number[]): void {
    for (const ordinal of ordinals) this.endItem(id, ordinal, 'done');
  }

  reopen(id: JobId): void {
    for (const { ordinal, state } of this.#items(id))
      if (state === 'failed') this.endItem(id, ordinal, 'open');
  }

  totals(id: JobId): JobTotals {
    const items = this.#items(id);
    const sum = (some: readonly JobItem[]) => some.reduce((bytes, { size }) => bytes + size, 0);
    return {
      files: items.filter(({ content }) => content !== undefined).length,
      size: sum(items),
      doneBytes: sum(items.filter(({ state }) => state === 'done')),
      open: items.filter(({ state }) => state === 'open').length,
      done: items.filter(({ state }) => state === 'done').length,
      failed: items.filter(({ state }) => state === 'failed').length,
    };
  }

  keeps(_contents: ReadonlySet<ContentId>, except?: JobId): (content: ContentId) => boolean {
    return (content) => this.#keeps(content, except);
  }

  #keeps(content: ContentId, except: JobId | undefined): boolean {
    return [...this.#jobs.values()].some(
      ({ job, items }) =>
        job.id !== except &&
        job.state !== 'done' &&
        job.state !== 'cancelled' &&
        items.some((item) => item.state !== 'done' && item.content === content),
    );
  }

  prune(before: number): void {
    for (const [id, { job }] of this.#jobs)
      if (job.ended !== undefined && job.ended < before && (!job.mirror || job.state === 'cancelled'))
        this.#jobs.delete(id);
  }

  #items(id: JobId): JobItem[] {
    return this.#jobs.get(id)?.items ?? [];
  }
}

const openItems = (items: readonly WantedItem[]): JobItem[] =>
  items.map((item, ordinal) => ({ ...item, ordinal, state: 'open', code: undefined, reason: undefined }));
