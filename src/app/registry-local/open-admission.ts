import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../core/clock.ts';
import type { Signer } from '../../core/ports/signing.ts';
import { INVITE_SECRET_BYTES } from '../../core/trust/invite.ts';
import { Admission, type AdmissionOptions } from '../../registry/admission.ts';
import { systemVerifier } from '../../storage/disk/ecdsa.ts';
import { SqliteAdmissionStore } from '../../storage/sqlite/admission-store.ts';

/** Most invites that a registry remembers. */
const MAX_INVITES = 1000;

/** The members of the network whose key and database these are. */
export function openAdmission(
  database: DatabaseSync,
  network: Signer,
  options: Pick<AdmissionOptions, 'mode' | 'maxMembers' | 'onRevoked'>,
): Admission {
  return new Admission({
    ...options,
    clock: systemClock,
    store: new SqliteAdmissionStore(database),
    network,
    verifier: systemVerifier,
    secret: () => new Uint8Array(randomBytes(INVITE_SECRET_BYTES)),
    maxInvites: MAX_INVITES,
  });
}
