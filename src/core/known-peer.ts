import type { Address } from './address.ts';
import type { IndexHead } from './entry.ts';
import type { PeerId } from './ids.ts';
import type { Role } from './trust/role.ts';

/** Another peer as this one knows it, from the registry. Outlives the registry and a restart. */
export interface KnownPeer {
  readonly id: PeerId;
  readonly name: string;
  readonly addresses: readonly Address[];
  /** False once its lease ended or it left. */
  readonly active: boolean;
  /** Milliseconds since 1970: when it registered last. */
  readonly since: number;
  /** Milliseconds since 1970: when the registry last listed it as active. */
  readonly lastSeen: number;
  readonly head?: IndexHead | undefined;
  /** What it shares, as it last told the registry. */
  readonly files: number;
  readonly bytes: number;
  readonly role: Role;
}
