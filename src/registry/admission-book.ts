import type { PeerId } from '../core/ids.ts';
import type { AdmissionStore, AdmissionWrite } from '../core/ports/admission-store.ts';
import { AdmissionState } from '../core/trust/admission-state.ts';
import type { Invite, InviteId, Member, Revocation } from '../core/trust/invite.ts';

/** Invites, members and revocations in memory, written through to the store: what could not be written has not happened. */
export class AdmissionBook {
  readonly invites: ReadonlyMap<InviteId, Invite>;
  readonly members: ReadonlyMap<PeerId, Member>;
  readonly revocations: ReadonlyMap<PeerId, Revocation>;
  readonly #store: AdmissionStore;
  readonly #state: AdmissionState;

  constructor(store: AdmissionStore) {
    this.#store = store;
    this.#state = new AdmissionState(store.load());
    ({ invites: this.invites, members: this.members, revocations: this.revocations } = this.#state);
  }

  /** Of the list of revocations. */
  get number(): number {
    return this.#state.number;
  }

  commit(change: AdmissionWrite): void {
    this.#store.write(change);
    this.#state.apply(change);
  }
}
