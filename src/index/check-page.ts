import type { LogPage, LogRecord } from '../core/entry.ts';
import { PeerdexError } from '../core/errors.ts';
import { CONTENT_ID_PATTERN, INDEX_ID_PATTERN } from '../core/id-patterns.ts';
import type { PeerId } from '../core/ids.ts';
import { pathProblem } from '../core/index-path.ts';
import { MAX_CONTENT_BYTES } from '../core/leaf-layout.ts';
import { MAX_JUMPS } from './own-log.ts';
import type { LogRequest } from './serve-log.ts';

/** Whose page it is and who sent it: pages may be passed on. */
export interface PageSource {
  readonly owner: PeerId;
  readonly server: PeerId;
}

/** Throws `verification` with the reason unless the page can be an answer of `owner` to what was asked. */
export function checkPage(source: PageSource, asked: LogRequest, page: LogPage): void {
  const problem = pageProblem(source.owner, asked, page);
  if (problem) throw refusedPage(source, problem);
}

/** The error that names who sent such a page. */
export function refusedPage({ owner, server }: PageSource, why: string): PeerdexError {
  const whose = server === owner ? '' : ` of ${owner}`;
  return new PeerdexError('verification', `the index page${whose} that ${server} sent is refused: ${why}`);
}

function pageProblem(owner: PeerId, asked: LogRequest, page: LogPage): string | undefined {
  if (page.owner !== owner) return `it is of ${page.owner}`;
  if (!INDEX_ID.test(page.index)) return 'its index id is none';
  if (!isCount(page.last) || !isCount(page.floor) || !isCount(page.since))
    return 'its numbers are no numbers';
  if (page.floor > page.last) return 'its floor is above its last number';
  if (page.since !== 0 && (page.since > asked.since || page.index !== asked.index)) {
    return `it begins at ${page.since} and ${asked.since} was asked for`;
  }
  // What was made for somebody within a snapshot leaves out deletions that the asker has not seen.
  if (page.since !== 0 && page.floor > Math.max(asked.since, asked.floor ?? 0)) {
    return `deletions up to ${page.floor} may be missing in it`;
  }
  if (page.since > page.last) return 'it begins after its last number';
  if (page.records.length > asked.limit) return `it has more than ${asked.limit} records`;
  if (page.more && page.records.length === 0) return 'it has nothing and promises more';
  let above = page.since;
  for (const record of page.records) {
    if (!isCount(record.seq) || record.seq <= above) return `its numbers do not rise after ${above}`;
    if (record.seq > page.last) return `it has number ${record.seq} after its last, ${page.last}`;
    const problem = recordProblem(record);
    if (problem) return `number ${record.seq} has ${problem}`;
    above = record.seq;
  }
  if (page.since < asked.since && page.since > 0 && reachOf(page) <= asked.since)
    return `it ends at ${reachOf(page)} and ${asked.since} was asked for`;
  return jumpProblem(page);
}

/** Who has taken the page in knows the log so far. */
export const reachOf = ({ more, records, last }: LogPage): number => (more ? records.at(-1)!.seq : last);

function jumpProblem({ jumps = [], since, last }: LogPage): string | undefined {
  if (jumps.length > MAX_JUMPS) return `it has more than ${MAX_JUMPS} jumps`;
  let above = 0;
  for (const [after, begins] of jumps) {
    if (
      !isCount(after) ||
      !isCount(begins) ||
      after < above ||
      begins <= after ||
      begins <= since ||
      begins > last
    )
      return 'its jumps do not rise';
    above = begins;
  }
  return undefined;
}

function recordProblem({ path, kind, size, mtime, content, flag }: LogRecord): string | undefined {
  const problem = pathProblem(path);
  if (problem) return problem;
  if (kind !== 'file' && kind !== 'folder') return 'an unknown kind';
  if (flag !== 0 && flag !== 1) return 'an unknown flag';
  if (!isCount(size) || size > MAX_CONTENT_BYTES) return 'an impossible size';
  if (kind === 'folder' && size !== 0) return 'a folder with a size';
  if (mtime < -MAX_TIME || mtime >= MAX_TIME) return 'an impossible time';
  const wanted = kind === 'file' && flag === 1;
  if (wanted !== (content !== undefined)) return wanted ? 'no content' : 'a content without a live file';
  if (content !== undefined && !CONTENT_ID.test(content)) return 'a content id that is none';
  return undefined;
}

const INDEX_ID = new RegExp(INDEX_ID_PATTERN);
const CONTENT_ID = new RegExp(CONTENT_ID_PATTERN);
/** Nanoseconds in 63 bits. */
const MAX_TIME = 2n ** 63n;

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
