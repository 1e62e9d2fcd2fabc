import type { Trust } from '../../core/trust/trust.ts';
import type { LeaseGrant } from '../../protocol/http/registry/operations.ts';
import { agreeOnRevocations } from '../trust/agree-on-revocations.ts';
import type { RegistryClient } from './registry-connection.ts';

/** Takes over what the registry gave with a lease, and brings the two lists of revocations to the newer one. */
export async function takePapers(
  { ticket, revocations }: Pick<LeaseGrant, 'ticket' | 'revocations'>,
  client: RegistryClient,
  trust: Trust,
  signal: AbortSignal,
): Promise<void> {
  if (ticket !== undefined) trust.takeTicket(ticket);
  await agreeOnRevocations(revocations, client, trust, signal);
}
