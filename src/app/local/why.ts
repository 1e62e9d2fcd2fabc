import { setTimeout as delay } from 'node:timers/promises';
import type { ContentId } from '../../core/ids.ts';
import type { JobId } from '../../core/job.ts';
import type { JobWhy } from '../../protocol/http/local/job-why.ts';
import type { AbsentHolder, JobFacts } from '../../transfer/job-facts.ts';
import { type WhyWords, whyJob } from '../../transfer/why-job.ts';
import { waitsOf } from '../../transfer/why-source.ts';
import { jobRow } from './job-row.ts';
import type { LocalParts } from './local-parts.ts';

/** Looks so often, and takes the moment with least to write: what comes in one go is on disk a moment later. */
const LOOKS = 3;
const BETWEEN_MS = 100;
const MOST_ABSENT = 5;

type WhyParts = Pick<LocalParts, 'transfer' | 'entries' | 'directory' | 'self'>;

/** What holds a job back, in words and in figures. Throws `not-found`. */
export async function why(id: JobId, parts: WhyParts): Promise<JobWhy> {
  let facts = factsOf(id, parts);
  for (let look = 1; look < LOOKS && facts.files.length > 0; look += 1) {
    await delay(BETWEEN_MS);
    const now = factsOf(id, parts);
    if (now.files.length === 0 || writing(now) < writing(facts)) facts = now;
  }
  const words = wordsOf(parts);
  const causes = whyJob(facts, words);
  return {
    job: jobRow(facts.job),
    why: causes[0]!.text,
    causes: causes.map((cause) => ({ ...cause })),
    files: facts.files.map(({ path, bytes, size, reason, sources }) => ({
      path,
      bytes,
      size,
      reason: reason ?? null,
      sources: sources.map((source) => ({
        peer: source.peer,
        name: words.nameOf(source.peer),
        bytes: source.bytes,
        rate: source.rate,
        asked: source.asked,
        writing: source.writing,
        silent: source.silentMs / 1000,
        waits: waitsOf(source),
      })),
    })),
  };
}

function factsOf(id: JobId, parts: WhyParts): JobFacts {
  const { jobs, down } = parts.transfer;
  const facts = jobs.facts(id);
  const sourceless = facts.files.filter(
    ({ reason, sources }) => reason !== undefined && sources.length === 0,
  );
  return {
    ...facts,
    rate: jobs.list().reduce((sum, { rate }) => sum + rate, 0),
    limit: down.limiter.rate,
    absent: absentHolders(
      sourceless.flatMap(({ content }) => content ?? []),
      parts,
    ),
  };
}

function absentHolders(
  contents: readonly ContentId[],
  { entries, directory, self }: WhyParts,
): AbsentHolder[] {
  const owners = new Set(entries.ownersOfEach(contents).flat());
  return [...owners]
    .flatMap((owner) => (owner === self ? [] : (directory.get(owner) ?? [])))
    .filter(({ active }) => !active)
    .sort((a, b) => b.lastSeen - a.lastSeen)
    .slice(0, MOST_ABSENT);
}

const writing = ({ files }: JobFacts): number =>
  files.reduce((sum, file) => sum + file.sources.reduce((all, source) => all + source.writing, 0), 0);

function wordsOf({ directory }: WhyParts): WhyWords {
  return {
    nameOf: (peer) => directory.get(peer)?.name ?? peer.slice(0, 12),
    time: localTime,
    rate: (bytes) => `${(bytes / 1e6).toLocaleString('en', { maximumSignificantDigits: 3 })} MB/s`,
  };
}

/** On this machine's clock; with the day where that is not today. */
function localTime(at: number): string {
  const time = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const hour = `${two(time.getHours())}:${two(time.getMinutes())}`;
  if (time.toDateString() === new Date().toDateString()) return hour;
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${hour}`;
}
