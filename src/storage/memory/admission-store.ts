import type { AdmissionStore, AdmissionWrite, StoredAdmission } from '../../core/ports/admission-store.ts';
import { AdmissionState } from '../../core/trust/admission-state.ts';

/** Invites, members and revocations that end with the process. */
export class MemoryAdmissionStore implements AdmissionStore {
  readonly #state = new AdmissionState({ invites: [], members: [], revocations: [], number: 0 });

  load(): StoredAdmission {
    const { invites, members, revocations, number } = this.#state;
    return {
      invites: [...invites.values()],
      members: [...members.values()],
      revocations: [...revocations.values()],
      number,
    };
  }

  write(change: AdmissionWrite): void {
    this.#state.apply(change);
  }
}
