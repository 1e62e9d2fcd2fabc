import { type Address, formatAddress, parseAddress } from './address.ts';
import { PeerdexError } from './errors.ts';
import { isPeerId, type NetworkId } from './ids.ts';
import { readSecret } from './trust/invite.ts';
import { isRole, ROLES, type Role } from './trust/role.ts';

export type NetworkMode = 'plaintext' | 'tls';

export const isNetworkMode = (text: unknown): text is NetworkMode => text === 'plaintext' || text === 'tls';

/** What a peer needs to know to join: `peerdex://HOST:PORT[,HOST:PORT…]/NETWORK?mode=plaintext[&role=publish][&secret=…]`. */
export interface JoinLink {
  /** The registry's addresses, best first. */
  readonly addresses: readonly Address[];
  readonly network: NetworkId;
  readonly mode: NetworkMode;
  /** What who joins by it may do. The registry decides; here it is for people to read. */
  readonly role?: Role;
  /** Of an invite: 16 bytes in base64url. */
  readonly secret?: string;
}

const MAX_LINK = 4096;
const MAX_ADDRESSES = 16;

export function formatJoinLink({ addresses, network, mode, role, secret }: JoinLink): string {
  const more = `${role === undefined ? '' : `&role=${role}`}${secret === undefined ? '' : `&secret=${secret}`}`;
  return `peerdex://${addresses.map(formatAddress).join(',')}/${network}?mode=${mode}${more}`;
}

/** Throws `usage` and says what is wrong with the link. Unknown parameters are ignored: later versions have more. */
export function parseJoinLink(text: string): JoinLink {
  const trimmed = text.trim();
  const match = /^peerdex:\/\/([^/?#\s]+)\/([^/?#\s]*)(?:\?([^#\s]*))?$/.exec(trimmed);
  if (!match || trimmed.length > MAX_LINK)
    throw broken('it does not read peerdex://HOST:PORT/NETWORK?mode=…');
  const hosts = match[1]!.split(',');
  if (hosts.length > MAX_ADDRESSES) throw broken(`it names more than ${MAX_ADDRESSES} addresses`);
  const addresses = hosts.map((host) => parseAddress(host));
  if (addresses.some(({ host, port }) => host === '' || port === 0))
    throw broken('an address has no host or no port');
  const network = match[2]!;
  if (!isPeerId(network)) throw broken('the network id is not 32 hexadecimal digits');
  const fields = new URLSearchParams(match[3] ?? '');
  const mode = fields.get('mode');
  if (!isNetworkMode(mode)) throw broken('mode is neither plaintext nor tls');
  const role = fields.get('role') ?? undefined;
  if (role !== undefined && !isRole(role)) throw broken(`the role is none of ${ROLES.join(', ')}`);
  const secret = fields.get('secret') ?? undefined;
  if (secret !== undefined && !readSecret(secret)) throw broken('its secret is cut short or altered');
  return { addresses, network, mode, ...(role && { role }), ...(secret && { secret }) };
}

const broken = (why: string): PeerdexError =>
  new PeerdexError('usage', `this is not a join link: ${why}`, {
    hint: 'copy the whole link that the registry printed, and quote it in the shell',
  });
