import type { Handlers } from '../../network/http/handlers.ts';
import type { careOperations } from '../../protocol/http/local/care-operations.ts';
import type { Membership } from '../membership.ts';

/** What a member of role admin does to its network; the registry looks at the role. */
export function careHandlers(membership: Membership): Handlers<typeof careOperations> {
  return {
    networkPeers: async () => {
      const { peers } = await membership.ask((registry) => registry.list({ query: { state: 'all' } }));
      return { peers };
    },
    invite: ({ body }) => membership.ask((registry) => registry.invite({ body })),
    invites: () => membership.ask((registry) => registry.invites()),
    withdraw: ({ params }) => membership.ask((registry) => registry.withdraw({ params })),
    revoke: ({ body }) => membership.ask((registry) => registry.revoke({ body })),
  };
}
