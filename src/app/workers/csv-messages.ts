import type { Address } from '../../core/address.ts';
import type { PeerId } from '../../core/ids.ts';

/** What a CSV worker is started with. */
export interface CsvJob {
  /** The peer's database file. */
  readonly database: string;
  /** Absolute. */
  readonly files: readonly string[];
  readonly places: readonly (readonly [PeerId, Address])[];
}

export interface CsvDone {
  /** Why it did not work out. */
  readonly problem?: string;
}
