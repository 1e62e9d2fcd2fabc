import type { ContentId } from '../../core/ids.ts';
import type { JobItem } from '../../core/job.ts';
import type { JobRunOptions } from '../job-work.ts';
import type { SmallParts } from './small-parts.ts';

/** A job whose small files and folders are fetched together. */
export interface SmallJob extends JobRunOptions {
  readonly small: SmallParts;
}

/** A small file that is wanted. */
export interface SmallItem extends JobItem {
  readonly content: ContentId;
}
