import type { UploadLine } from './upload-line.ts';

/** `slow`: has acknowledged nothing for longer than is usual, or always takes longer; `new`: has acknowledged nothing yet. */
export type LineKind = 'usual' | 'slow' | 'new';

export function kindOf(line: UploadLine, now: number, patienceMs: number): LineKind {
  const { waitingSince } = line;
  const isStalled = waitingSince !== undefined && now - waitingSince >= patienceMs;
  if (isStalled || line.pace.leastMs > patienceMs) return 'slow';
  return line.pace.leastMs === 0 ? 'new' : 'usual';
}
