import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { Trust } from '../../core/trust/trust.ts';
import type { Client } from '../../network/http/client.ts';
import type { revocationOperations } from '../../protocol/http/session/revocations.ts';

/** A list of 20,000 revocations fits. */
const MAX_LIST_BYTES = 2 * 1024 * 1024;

/**
 * Brings this peer's list of revocations and that of a server, a registry or another peer, to the newer of the two. `theirs`: the
 * number that the server named. A registry that was restored from a backup may have an older one than its peers.
 */
export async function agreeOnRevocations(
  theirs: number,
  client: Pick<Client<typeof revocationOperations>, 'revocations' | 'bringRevocations'>,
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

/** A list that a member brings is its own fault when it is wrong, not something that this server got from elsewhere: `usage`. */
export function takeBrought(take: () => boolean): boolean {
  try {
    return take();
  } catch (error) {
    const { code, message } = asPeerdexError(error);
    throw code === 'verification' ? new PeerdexError('usage', message, { cause: error }) : error;
  }
}
