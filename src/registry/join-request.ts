import { blake3, equalBytes } from '../core/digest.ts';
import type { PeerId } from '../core/ids.ts';
import type { Signer, Verifier } from '../core/ports/signing.ts';
import type { Invite, InviteId } from '../core/trust/invite.ts';
import { joinMessage } from '../core/trust/proof.ts';
import { unknownInvite, wrongMac } from './admission-errors.ts';

export interface JoinRequest {
  readonly peer: PeerId;
  /** SPKI, DER. That the peer has the private key is for the caller to see. */
  readonly publicKey: Uint8Array;
  readonly name?: string | undefined;
  readonly invite: InviteId;
  /** HMAC of `joinMessage` under the invite's secret. */
  readonly mac: Uint8Array;
  /** Of the connection on which it came, `bindingOf`. */
  readonly binding: Uint8Array;
}

const MAC_BYTES = 32;

/** The invite whose secret the request proves. Throws `unauthorized`. */
export function provenInvite(
  invites: ReadonlyMap<InviteId, Invite>,
  { peer, invite: id, mac, binding }: JoinRequest,
  { verifier, network }: { readonly verifier: Verifier; readonly network: Signer },
): Invite {
  const invite = invites.get(id);
  if (!invite) throw unknownInvite();
  const right = verifier.hmac(invite.secret, joinMessage({ network: network.id, peer, binding }));
  // Digests are compared, so that the time it takes tells nothing of the right one.
  if (mac.byteLength !== MAC_BYTES || !equalBytes(blake3(right), blake3(mac))) throw wrongMac();
  return invite;
}
