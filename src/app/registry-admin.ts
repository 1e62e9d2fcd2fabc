import { PeerdexError } from '../core/errors.ts';
import type { Log } from '../core/ports/log.ts';
import type { Handlers, RequestContext } from '../network/http/handlers.ts';
import type { adminOperations } from '../protocol/http/registry/admin-operations.ts';
import type { Admission } from '../registry/admission.ts';
import type { RegistryCare } from './registry-local/registry-care.ts';
import type { Sessions } from './trust/sessions.ts';

export interface AdminParts {
  readonly admission: Admission;
  readonly sessions: Sessions;
  readonly care: RegistryCare;
  readonly log: Log;
}

/** The care of the network over the network, for members of role admin. */
export function adminHandlers({
  admission,
  sessions,
  care,
  log,
}: AdminParts): Handlers<typeof adminOperations> {
  /** By the role that it has now, which may be another one than when its session began. */
  const mustBeAdmin = (context: RequestContext): string => {
    const { peer } = sessions.memberOf(context);
    const member = admission.member(peer);
    if (member?.role === 'admin') return `${member.name} (${peer})`;
    throw new PeerdexError('forbidden', 'only members of role admin look after the network', {
      hint: 'do it on the data folder of the registry, or join by a link of `peerdex registry invite --role admin`',
    });
  };
  return {
    async invite({ body }, context) {
      const who = mustBeAdmin(context);
      const made = await care.invite(body);
      log.info(`${who} made invite ${made.id} of role ${made.role}`, {
        event: 'invite-made',
        invite: made.id,
      });
      return made;
    },
    invites(_input, context) {
      mustBeAdmin(context);
      return care.invites();
    },
    async withdraw({ params }, context) {
      const who = mustBeAdmin(context);
      const answer = await care.withdraw(params.id);
      log.info(`${who} withdrew invite ${answer.id}`, { event: 'invite-withdrawn', invite: answer.id });
      return answer;
    },
    async revoke({ body }, context) {
      const who = mustBeAdmin(context);
      const answer = await care.revoke(body);
      log.info(`${who} revoked ${answer.peer}`, { event: 'peer-revoked', peer: answer.peer });
      return answer;
    },
  };
}
