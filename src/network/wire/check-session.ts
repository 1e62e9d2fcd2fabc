import type { TLSSocket } from 'node:tls';
import { formatAddress } from '../../core/address.ts';
import { PeerdexError } from '../../core/errors.ts';
import { remoteIdOf } from './remote-id.ts';
import { ALPN } from './tls-names.ts';
import type { DialOptions } from './wire.ts';

/**
 * Throws unless this session, just agreed by the dialling side, is one to talk over: TLS 1.3, the right protocol, not resumed, with a
 * certificate whose key has the expected id.
 */
export function checkSession(
  socket: TLSSocket,
  { address, protocol, expect }: Pick<DialOptions, 'address' | 'protocol' | 'expect'>,
): void {
  const at = formatAddress(address);
  const version = socket.getProtocol();
  if (version !== 'TLSv1.3') throw unfit(`${at} speaks ${version}; peers speak TLS 1.3`);
  if (socket.alpnProtocol !== ALPN[protocol])
    throw unfit(`what listens at ${at} is no peerdex: it did not choose '${ALPN[protocol]}'`);
  // A resumed session shows no certificate, so nobody has proved anything in it.
  if (socket.isSessionReused()) throw impostor(`${at} resumed an earlier TLS session, which peers never do`);
  const id = remoteIdOf(socket);
  if (id === undefined) throw impostor(`${at} showed no certificate`);
  if (expect !== undefined && id !== expect) {
    throw impostor(
      `at ${at} answers somebody else: the key there has the id ${id}, not ${expect}`,
      'either another one has this address by now, or somebody stands in between',
    );
  }
}

const unfit = (message: string): PeerdexError => new PeerdexError('unsupported', message);

/** The right one may be back at this address later. */
const impostor = (message: string, hint?: string): PeerdexError =>
  new PeerdexError('verification', message, { hint, retry: true });
