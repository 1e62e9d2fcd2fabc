import type { PeerId } from '../ids.ts';
import type { AdmissionWrite, StoredAdmission } from '../ports/admission-store.ts';
import type { Invite, InviteId, Member, Revocation } from './invite.ts';

/** Invites, members and revocations in memory. */
export class AdmissionState {
  readonly invites: Map<InviteId, Invite>;
  readonly members: Map<PeerId, Member>;
  readonly revocations: Map<PeerId, Revocation>;
  /** Of the list of revocations. */
  number: number;

  constructor({ invites, members, revocations, number }: StoredAdmission) {
    this.invites = new Map(invites.map((invite) => [invite.id, invite]));
    this.members = new Map(members.map((member) => [member.peer, member]));
    this.revocations = new Map(revocations.map((revocation) => [revocation.peer, revocation]));
    this.number = number;
  }

  /** What is removed is removed first. */
  apply(change: AdmissionWrite): void {
    for (const id of change.removedInvites ?? []) this.invites.delete(id);
    for (const peer of change.removedMembers ?? []) this.members.delete(peer);
    for (const peer of change.removedRevocations ?? []) this.revocations.delete(peer);
    for (const invite of change.invites ?? []) this.invites.set(invite.id, invite);
    for (const member of change.members ?? []) this.members.set(member.peer, member);
    for (const revocation of change.revocations ?? []) this.revocations.set(revocation.peer, revocation);
    this.number = change.number ?? this.number;
  }
}
