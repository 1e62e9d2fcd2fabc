import { asPeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { Log } from '../../core/ports/log.ts';
import type { PeerDirectory } from '../../core/ports/peer-directory.ts';
import type { Trust } from '../../core/trust/trust.ts';
import type { PeerClients } from './peer-clients.ts';

export interface BringerOptions {
  readonly trust: Trust;
  readonly clients: PeerClients;
  readonly directory: PeerDirectory;
  readonly log: Log;
}

const ASK_MS = 10_000;
const MAX_LIST_BYTES = 2 * 1024 * 1024;

/** Fetches the list of revocations from a member that has a newer one; one member at a time. Never rejects. */
export function revocationBringer({
  trust,
  clients,
  directory,
  log,
}: BringerOptions): (peer: PeerId) => Promise<void> {
  let isBusy = false;
  return async (id) => {
    const peer = directory.get(id);
    if (isBusy || !peer) return;
    isBusy = true;
    try {
      const signal = AbortSignal.timeout(ASK_MS);
      const { list } = await clients.use(
        peer,
        (client) => client.revocations({}, { signal, maxBytes: MAX_LIST_BYTES }),
        signal,
      );
      if (list !== null) trust.takeRevocations(list);
    } catch (error) {
      log.warn(`no list of revocations from ${peer.name}: ${asPeerdexError(error).message}`, { peer: id });
    } finally {
      isBusy = false;
    }
  };
}
