import type { CsvRow, FoundContent, ListedEntry, PeerRow } from '../../src/protocol/http/local/index-rows.ts';
import type { JobRow } from '../../src/protocol/http/local/job-row.ts';
import type { Status } from '../../src/protocol/http/local/status.ts';

/** What commands answer with under `--json`, as cli.md says. */
export interface FindAnswer {
  readonly results: readonly FoundContent[];
  readonly total: number;
  readonly more: boolean;
}
export interface PeersAnswer {
  readonly peers: readonly PeerRow[];
}
export interface LsAnswer {
  readonly entries: readonly ListedEntry[];
}
export interface JobsAnswer {
  readonly jobs: readonly JobRow[];
}
export interface ErrorLine {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly candidates?: readonly { readonly what: string; readonly note?: string }[];
  };
}
export type { CsvRow, Status };

/** The error that a command with `--json` printed as the last line of its standard error. */
export function errorOf({ stderr }: { readonly stderr: string }): ErrorLine['error'] {
  const lines = stderr.split('\n').filter((line) => line.startsWith('{"error"'));
  const last = lines.at(-1);
  if (last === undefined) throw new Error(`no error line on standard error:\n${stderr}`);
  return (JSON.parse(last) as ErrorLine).error;
}
