import type { PeerId } from '../ids.ts';
import type { Invite, InviteId, Member, Revocation } from '../trust/invite.ts';

/** Who may be in a network, as it is kept between two starts. */
export interface StoredAdmission {
  readonly invites: readonly Invite[];
  readonly members: readonly Member[];
  readonly revocations: readonly Revocation[];
  /** Of the list of revocations; 0 while nobody was ever revoked. */
  readonly number: number;
}

/** What changes together: all of it is kept or nothing. What is removed is removed first. */
export interface AdmissionWrite {
  /** New or replaced. */
  readonly invites?: readonly Invite[];
  readonly members?: readonly Member[];
  readonly revocations?: readonly Revocation[];
  readonly removedInvites?: readonly InviteId[];
  readonly removedMembers?: readonly PeerId[];
  readonly removedRevocations?: readonly PeerId[];
  readonly number?: number;
}

/** Where a registry keeps its invites, members and revocations. */
export interface AdmissionStore {
  load(): StoredAdmission;
  write(change: AdmissionWrite): void;
}
