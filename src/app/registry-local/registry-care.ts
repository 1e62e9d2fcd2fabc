import type { Invite } from '../../core/trust/invite.ts';
import type {
  InviteList,
  InviteRequest,
  InviteRow,
  NewInvite,
  RevokeAnswer,
  RevokeRequest,
  WithdrawAnswer,
} from '../../protocol/http/registry-local/operations.ts';
import type { Admission } from '../../registry/admission.ts';
import { findPeer, type NamedPeer } from '../../registry/find-peer.ts';
import { stateOf } from '../../registry/invites.ts';

/** What is done to a network by who looks after it: in the registry's process, through its local API, or without it. */
export interface RegistryCare {
  invite(wish: InviteRequest): Promise<NewInvite>;
  invites(): Promise<InviteList>;
  revoke(request: RevokeRequest): Promise<RevokeAnswer>;
  /** By its id, which is whole. */
  withdraw(id: string): Promise<WithdrawAnswer>;
}

export interface CareParts {
  readonly admission: Admission;
  /** Peers that the directory remembers. */
  readonly directory: () => readonly NamedPeer[];
  /** The join link of an invite. Throws `unavailable` where nobody knows the registry's address. */
  readonly link: (invite: Invite) => string;
  readonly now: () => number;
}

export function registryCare({ admission, directory, link, now }: CareParts): RegistryCare {
  return {
    async invite({ role = 'publish', seconds, uses }) {
      const expiresMs = seconds === undefined ? undefined : seconds * 1000;
      const invite = admission.invites.make({ role, expiresMs, uses: uses ?? undefined });
      return {
        id: invite.id,
        link: link(invite),
        role,
        expires: iso(invite.expires),
        uses: invite.uses ?? null,
      };
    },

    async invites() {
      return { invites: admission.invites.all().map((invite) => inviteRow(invite, admission, now())) };
    },

    async revoke({ peer: what }) {
      const known = knownPeers(admission, directory());
      const { id, name } = findPeer(what, known);
      const { standing, withdrawn, already, number } = admission.revoke(id);
      return {
        peer: id,
        name: name === id ? null : name,
        already,
        number,
        withdrawn: [...withdrawn],
        link: standing ? link(standing) : null,
      };
    },

    async withdraw(id) {
      const { already, standing } = admission.withdraw(id);
      return { id, already, link: standing ? link(standing) : null };
    },
  };
}

function inviteRow(invite: Invite, admission: Admission, now: number): InviteRow {
  const { id, role, created, expires, uses, used, standing } = invite;
  return {
    id,
    role,
    state: stateOf(invite, now),
    created: iso(created),
    expires: iso(expires),
    uses: uses ?? null,
    used,
    standing,
    admitted: admission
      .members()
      .filter(({ invites }) => invites.includes(id))
      .map(({ peer, name }) => ({ peer, name })),
  };
}

/** Members, who is registered, who went for good and who was revoked, each once and by the name that it bears in the directory. */
function knownPeers(admission: Admission, directory: readonly NamedPeer[]): readonly NamedPeer[] {
  const known = new Map<string, NamedPeer>();
  for (const id of [...admission.revoked(), ...admission.gone.all()]) known.set(id, { id, name: id });
  for (const { peer: id, name } of admission.members()) known.set(id, { id, name });
  for (const { id, name } of directory) known.set(id, { id, name });
  return [...known.values()];
}

const iso = (time: number): string => new Date(time).toISOString();
