import type { Clock } from '../core/clock.ts';
import { PeerdexError } from '../core/errors.ts';
import { fromHex, idOfPublicKey } from '../core/ids.ts';
import type { HandshakePace } from '../core/limits/handshake-pace.ts';
import type { Log } from '../core/ports/log.ts';
import type { Signer, Verifier } from '../core/ports/signing.ts';
import { proofMessage } from '../core/trust/proof.ts';
import type { Admission } from '../registry/admission.ts';
import { loggedPace } from './trust/logged-pace.ts';
import { type Member, Sessions } from './trust/sessions.ts';

export interface RegistrySessionsOptions {
  readonly network: Signer;
  readonly admission: Admission;
  readonly verifier: Verifier;
  readonly clock: Clock;
  readonly log: Log;
  readonly pace: HandshakePace;
}

/** Who talks to the registry: members, and those who become one by an invite. The database decides, no ticket is looked at. */
export function registrySessions({
  network,
  admission,
  verifier,
  clock,
  log,
  pace,
}: RegistrySessionsOptions): Sessions {
  return new Sessions({
    self: network,
    network: () => network.id,
    ticket: () => undefined,
    clock,
    pace: loggedPace(pace, clock, log),
    recheck: ({ peer }) => {
      if (!admission.member(peer)) throw notIn(peer);
    },
    admit({ peer, key, join, signature }, binding): Member {
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
      const known = admission.member(peer);
      if (!join) {
        if (known) return known;
        throw notIn(peer);
      }
      try {
        const { member, isNew } = admission.admit({
          peer,
          publicKey,
          invite: join.invite,
          mac: fromHex(join.mac),
          binding,
        });
        if (isNew) log.info(`admitted ${peer} as ${member.role} by invite ${join.invite}`);
        return member;
      } catch (error) {
        // A member needs no valid link.
        if (known) return known;
        log.warn(`${peer} was not let in`, { error });
        throw error;
      }
    },
  });
}

const notIn = (peer: string): PeerdexError =>
  new PeerdexError('forbidden', `peer ${peer} is no member of this network, or is none any more`, {
    hint: 'ask for a join link: peerdex registry invite',
  });
