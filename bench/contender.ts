/** One way to bring a file from one process to another on this machine, set up and ready to be timed again and again. */
export interface Contender extends AsyncDisposable {
  readonly name: string;
  readonly version: string;
  /** What one round ends with, for the table. */
  readonly promises: string;
  /** Processes that run through all rounds, for processor time and memory; clients that end are counted by themselves. */
  readonly pids: readonly number[];
  /** Fetches the file to `destination`, which does not exist. Throws when the client fails. */
  fetch(destination: string): Promise<void>;
}

/** Where a file to be served lies. */
export interface Source {
  readonly folder: string;
  readonly name: string;
  readonly bytes: number;
}
