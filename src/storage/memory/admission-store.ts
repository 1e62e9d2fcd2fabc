import type { PeerId } from '../../core/ids.ts';
import type { AdmissionStore, AdmissionWrite, StoredAdmission } from '../../core/ports/admission-store.ts';
import type { Invite, InviteId, Member, Revocation } from '../../core/trust/invite.ts';

/** Invites, members and revocations that end with the process. */
export class MemoryAdmissionStore implements AdmissionStore {
  readonly #invites = new Map<InviteId, Invite>();
  readonly #members = new Map<PeerId, Member>();
  readonly #revocations = new Map<PeerId, Revocation>();
  #number = 0;

  load(): StoredAdmission {
    return {
      invites: [...this.#invites.values()],
      members: [...this.#members.values()],
      revocations: [...this.#revocations.values()],
      number: this.#number,
    };
  }

  write(change: AdmissionWrite): void {
    for (const id of change.removedInvites ?? []) this.#invites.delete(id);
    for (const peer of change.removedMembers ?? []) this.#members.delete(peer);
    for (const peer of change.removedRevocations ?? []) this.#revocations.delete(peer);
    for (const invite of change.invites ?? []) this.#invites.set(invite.id, invite);
    for (const member of change.members ?? []) this.#members.set(member.peer, member);
    for (const revocation of change.revocations ?? []) this.#revocations.set(revocation.peer, revocation);
    this.#number = change.number ?? this.#number;
  }
}
