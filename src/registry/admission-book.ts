import type { PeerId } from '../core/ids.ts';
import type { AdmissionStore, AdmissionWrite } from '../core/ports/admission-store.ts';
import type { Invite, InviteId, Member, Revocation } from '../core/trust/invite.ts';

/** Invites, members and revocations in memory, written through to the store: what could not be written has not happened. */
export class AdmissionBook {
  readonly invites: ReadonlyMap<InviteId, Invite>;
  readonly members: ReadonlyMap<PeerId, Member>;
  readonly revocations: ReadonlyMap<PeerId, Revocation>;
  readonly #store: AdmissionStore;
  readonly #invites: Map<InviteId, Invite>;
  readonly #members: Map<PeerId, Member>;
  readonly #revocations: Map<PeerId, Revocation>;
  #number: number;

  constructor(store: AdmissionStore) {
    const { invites, members, revocations, number } = store.load();
    this.#store = store;
    this.invites = this.#invites = new Map(invites.map((invite) => [invite.id, invite]));
    this.members = this.#members = new Map(members.map((member) => [member.peer, member]));
    this.revocations = this.#revocations = new Map(revocations.map((one) => [one.peer, one]));
    this.#number = number;
  }

  /** Of the list of revocations. */
  get number(): number {
    return this.#number;
  }

  commit(change: AdmissionWrite): void {
    this.#store.write(change);
    for (const id of change.removedInvites ?? []) this.#invites.delete(id);
    for (const peer of change.removedMembers ?? []) this.#members.delete(peer);
    for (const peer of change.removedRevocations ?? []) this.#revocations.delete(peer);
    for (const invite of change.invites ?? []) this.#invites.set(invite.id, invite);
    for (const member of change.members ?? []) this.#members.set(member.peer, member);
    for (const revocation of change.revocations ?? []) this.#revocations.set(revocation.peer, revocation);
    this.#number = change.number ?? this.#number;
  }
}
