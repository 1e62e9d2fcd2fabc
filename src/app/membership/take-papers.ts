import type { Trust } from '../../core/trust/trust.ts';
import type { LeaseGrant } from '../../protocol/http/registry/operations.ts';
import type { RegistryClient } from './registry-connection.ts';

/** A list of 20,000 revocations fits. */
const MAX_LIST_BYTES = 2 * 1024 * 1024;

/** Takes over what the registry gave with a lease, and brings the two lists of revocations to the newer one. */
export async function takePapers(
  { ticket, revocations }: Pick<LeaseGrant, 'ticket' | 'revocations'>,
  client: RegistryClient,
  trust: Trust,
  signal: AbortSignal,
): Promise<void> {
  if (ticket !== undefined) trust.takeTicket(ticket);
  await bringRevocations(revocations, client, trust, signal);
}

/** `theirs`: number of the registry's list. One that was restored from a backup may have an older one than its peers. */
export async function bringRevocations(
  theirs: number,
  client: RegistryClient,
  trust: Trust,
  signal: AbortSignal,
): Promise<void> {
  if (theirs > trust.revocations) {
    const { list } = await client.revocations({}, { signal, maxBytes: MAX_LIST_BYTES });
    if (list !== null) trust.takeRevocations(list);
  } else if (theirs < trust.revocations && trust.revocationsText !== undefined) {
    await client.bringRevocations({ body: { list: trust.revocationsText } }, { signal });
  }
}
