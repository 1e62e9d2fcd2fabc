import type { SourceFacts } from './source-shares.ts';

/** `gives`: what was asked for is on its way; `writes`: all that was asked for waits for the disk; `silent`; `idle`: nothing is asked of it. */
export type SourceWaits = 'gives' | 'writes' | 'silent' | 'idle';

/** Who owes something and sent nothing for so long is silent. */
const SILENT_MS = 2000;

/** What a source and this download wait for of each other. */
export function waitsOf({ asked, writing, silentMs }: SourceFacts): SourceWaits {
  if (asked > 0) return silentMs >= SILENT_MS ? 'silent' : 'gives';
  return writing > 0 ? 'writes' : 'idle';
}
