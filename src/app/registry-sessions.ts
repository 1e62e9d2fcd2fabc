import type { Clock } from '../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import { fromHex, idOfPublicKey, type PeerId } from '../core/ids.ts';
import type { HandshakePace } from '../core/limits/handshake-pace.ts';
import type { Log } from '../core/ports/log.ts';
import type { Signer, Verifier } from '../core/ports/signing.ts';
import { proofMessage } from '../core/trust/proof.ts';
import type { Admission } from '../registry/admission.ts';
import { revokedPeer } from '../registry/admission-errors.ts';
import { loggedPace } from './trust/logged-pace.ts';
import type { RefusalLines } from './trust/refusal-lines.ts';
import { type Member, Sessions } from './trust/sessions.ts';

export interface RegistrySessionsOptions {
  readonly network: Signer;
  readonly admission: Admission;
  readonly verifier: Verifier;
  readonly clock: Clock;
  readonly log: Log;
  readonly pace: HandshakePace;
  readonly refused: RefusalLines;
}

/** Who talks to the registry: members, and those who become one by an invite. The database decides, no ticket is looked at. */
export function registrySessions({
  network,
  admission,
  verifier,
  clock,
  log,
  pace,
  refused,
}: RegistrySessionsOptions): Sessions {
  return new Sessions({
    self: network,
    network: () => network.id,
    clock,
    refused,
    pace: loggedPace(pace, clock, log),
    recheck: ({ peer }) => {
      if (!admission.member(peer)) throw notIn(peer, admission);
    },
    admit({ peer, key, ticket, join, signature }, binding, remote): Member {
      const publicKey = fromHex(key);
      const message = proofMessage({
        side: 'dials',
        network: network.id,
        self: peer,
        other: network.id,
        binding,
      });
      if (idOfPublicKey(publicKey) !== peer || !verifier.verify(publicKey, message, fromHex(signature))) {
        throw new PeerdexError('unauthorized', `the proof of peer ${peer} is wrong`);
      }
      const known = admission.member(peer) ?? readmitted(peer, publicKey, ticket, admission, log);
      if (!join) {
        if (known) return known;
        throw notIn(peer, admission);
      }
      try {
        const { member, isNew } = admission.admit({
          peer,
          publicKey,
          invite: join.invite,
          mac: fromHex(join.mac),
          binding,
        });
        if (isNew)
          log.info(`admitted ${peer} as ${member.role} by invite ${join.invite}`, {
            event: 'member-admitted',
            peer,
            invite: join.invite,
          });
        return member;
      } catch (error) {
        // A member needs no valid link.
        if (known) return known;
        refused(`${peer} was not let in`, asPeerdexError(error), remote);
        throw error;
      }
    },
  });
}

/** A member of whom a restored registry knows nothing, or undefined. */
function readmitted(
  peer: PeerId,
  publicKey: Uint8Array,
  ticket: string | undefined,
  admission: Admission,
  log: Log,
): Member | undefined {
  if (ticket === undefined || admission.isRevoked(peer)) return undefined;
  try {
    const went = admission.gone.has(peer);
    const member = admission.readmit(peer, publicKey, ticket);
    if (!went)
      log.warn(`took ${member.name} (${peer}) back by its ticket: nothing else is known of it here`, {
        event: 'member-taken-back',
        peer,
      });
    return member;
  } catch (error) {
    log.debug(`the ticket of ${peer} does not take it back`, { error });
    return undefined;
  }
}

const notIn = (peer: PeerId, admission: Admission): PeerdexError =>
  admission.isRevoked(peer)
    ? revokedPeer()
    : new PeerdexError('forbidden', `peer ${peer} is no member of this network, or is none any more`, {
        hint: 'join by a whole link, in quotes: a shell cuts it at the &; `peerdex registry invite` makes one',
      });
