import type { Clock } from '../core/clock.ts';
import { PeerdexError } from '../core/errors.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import type { Signer } from '../core/ports/signing.ts';
import { serveLog } from '../index/serve-log.ts';
import { MAX_BROUGHT_BYTES } from '../protocol/http/peer/operations.ts';
import type { FallenIndex } from './fallen-index.ts';
import { ownPage } from './page-bytes.ts';
import type { PeerClient } from './trust/peer-clients.ts';

export interface BringLogOptions {
  readonly key: Signer;
  readonly entries: EntryQueries;
  readonly fallen: FallenIndex;
  readonly clock: Clock;
}

/** So long one peer may be brought pages; the next time goes on where this one ended. */
export const BRING_MS = 30_000;

/** Brings this peer's own log to another, as far as that does not know it. Throws what the other refuses with. */
export async function bringLog(
  client: PeerClient,
  options: BringLogOptions,
  signal: AbortSignal,
): Promise<void> {
  const { key, entries, fallen, clock } = options;
  const ends = clock.monotonic() + BRING_MS;
  let { next } = await client.bringPage({ body: {} }, { signal });
  while (next && clock.monotonic() < ends) {
    fallen.asked(next);
    let { limit } = next;
    let signed = ownPage(key, serveLog(entries, key.id, next, limit));
    // Names that are long, or escaped, do not fit in such number.
    while (escapedBytes(signed.body) > MAX_BROUGHT_BYTES) {
      if (limit === 1) throw new PeerdexError('limit', 'an entry of this peer fits no request');
      limit = Math.max(1, limit >> 1);
      signed = ownPage(key, serveLog(entries, key.id, next, limit));
    }
    fallen.gave(entries.owner(key.id)!.seq);
    const page = {
      body: Buffer.from(signed.body).toString(),
      key: Buffer.from(signed.key).toString('base64url'),
      signature: Buffer.from(signed.signature).toString('base64url'),
    };
    ({ next } = await client.bringPage({ body: { page } }, { signal }));
  }
}

/** Bytes of a text within JSON: each quote and backslash takes one more. */
function escapedBytes(text: Uint8Array): number {
  let bytes = text.byteLength;
  for (const byte of text) if (byte === 0x22 || byte === 0x5c) bytes += 1;
  return bytes;
}
