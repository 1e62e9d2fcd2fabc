import type { ContentId } from '../../../core/ids.ts';
import type { libraryOperations } from '../../../protocol/http/dashboard/library-operations.ts';
import type { OutputOf } from '../../../protocol/http/operation.ts';
import type { LocalParts } from '../../local/local-parts.ts';

/** Which of these lie on this machine, and which are on their way in a job. */
export function standingOf(
  contents: readonly ContentId[],
  { shares, transfer }: Pick<LocalParts, 'shares' | 'transfer'>,
): OutputOf<typeof libraryOperations.standing> {
  const wanted = new Set(contents);
  const coming = new Map<ContentId, { content: ContentId; job: string; bytes: number; size: number }>();
  for (const { job, content, bytes, size } of transfer.jobs.looks.underWay())
    if (content !== undefined && wanted.has(content)) coming.set(content, { content, job, bytes, size });
  const here = [...wanted].filter((content) => shares.contents.locate(content).length > 0);
  return { here, coming: [...coming.values()] };
}
