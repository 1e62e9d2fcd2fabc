import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AdmissionStore, AdmissionWrite, StoredAdmission } from '../../core/ports/admission-store.ts';
import type { Invite, Member, Revocation } from '../../core/trust/invite.ts';
import type { Role } from '../../core/trust/role.ts';
import { inTransaction } from './database.ts';
import type { Row } from './values.ts';

/** Invites, members and revocations in a registry's database. */
export class SqliteAdmissionStore implements AdmissionStore {
  readonly #database: DatabaseSync;
  readonly #putInvite: StatementSync;
  readonly #putMember: StatementSync;
  readonly #putRevocation: StatementSync;
  readonly #removeInvite: StatementSync;
  readonly #removeMember: StatementSync;
  readonly #removeRevocation: StatementSync;
  readonly #setNumber: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#putInvite = database.prepare(
      `INSERT OR REPLACE INTO invite (id, secret, role, created, expires, uses, used, standing, withdrawn)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#putMember = database.prepare(
      `INSERT OR REPLACE INTO member (peer, public_key, name, role, invites, admitted, ticket_ends, departed)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#putRevocation = database.prepare(
      'INSERT OR REPLACE INTO revocation (peer, revoked, number, ticket_ends) VALUES (?, ?, ?, ?)',
    );
    this.#removeInvite = database.prepare('DELETE FROM invite WHERE id = ?');
    this.#removeMember = database.prepare('DELETE FROM member WHERE peer = ?');
    this.#removeRevocation = database.prepare('DELETE FROM revocation WHERE peer = ?');
    this.#setNumber = database.prepare('UPDATE revocation_list SET number = ?');
  }

  load(): StoredAdmission {
    const rows = (table: string): readonly Row[] => this.#database.prepare(`SELECT * FROM ${table}`).all();
    return {
      invites: rows('invite').map(inviteOf),
      members: rows('member').map(memberOf),
      revocations: rows('revocation').map(revocationOf),
      number: Number(rows('revocation_list')[0]?.number),
    };
  }

  write(change: AdmissionWrite): void {
    inTransaction(this.#database, () => {
      for (const id of change.removedInvites ?? []) this.#removeInvite.run(id);
      for (const peer of change.removedMembers ?? []) this.#removeMember.run(peer);
      for (const peer of change.removedRevocations ?? []) this.#removeRevocation.run(peer);
      for (const { id, secret, role, created, expires, uses, used, standing, withdrawn } of change.invites ??
        []) {
        const flag = standing ? 1 : 0;
        const ended = withdrawn ?? null;
        this.#putInvite.run(id, secret, role, created, expires, uses ?? null, used, flag, ended);
      }
      for (const { peer, publicKey, name, role, invites, admitted, ticketEnds, departed } of change.members ??
        []) {
        const gone = departed ?? null;
        this.#putMember.run(peer, publicKey, name, role, JSON.stringify(invites), admitted, ticketEnds, gone);
      }
      for (const { peer, revoked, number, ticketEnds } of change.revocations ?? [])
        this.#putRevocation.run(peer, revoked, number, ticketEnds);
      if (change.number !== undefined) this.#setNumber.run(change.number);
    });
  }
}

const inviteOf = (row: Row): Invite => ({
  id: String(row.id),
  secret: new Uint8Array(row.secret as Uint8Array),
  role: row.role as Role,
  created: Number(row.created),
  expires: Number(row.expires),
  uses: row.uses === null ? undefined : Number(row.uses),
  used: Number(row.used),
  standing: row.standing === 1,
  withdrawn: row.withdrawn === null ? undefined : Number(row.withdrawn),
});

const memberOf = (row: Row): Member => ({
  peer: String(row.peer),
  publicKey: new Uint8Array(row.public_key as Uint8Array),
  name: String(row.name),
  role: row.role as Role,
  invites: JSON.parse(String(row.invites)) as string[],
  admitted: Number(row.admitted),
  ticketEnds: Number(row.ticket_ends),
  ...(row.departed !== null && { departed: Number(row.departed) }),
});

const revocationOf = (row: Row): Revocation => ({
  peer: String(row.peer),
  revoked: Number(row.revoked),
  number: Number(row.number),
  ticketEnds: Number(row.ticket_ends),
});
