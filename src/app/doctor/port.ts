import { createServer } from 'node:net';
import { type Address, formatAddress } from '../../core/address.ts';
import { asPeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { Wire } from '../../network/wire/wire.ts';
import { listenClearly, startListening } from '../listen.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const LOOPBACK = /^(127\.|::1$|localhost$)/;
const DIAL_MS = 3000;

/** Whether a peer that runs is reached at an address that it tells others, from this machine. */
export async function checkReached(
  self: PeerId,
  address: Address,
  link: { readonly addresses: readonly Address[] } | undefined,
  wire: () => Promise<Wire>,
): Promise<readonly Finding[]> {
  const where = formatAddress(address);
  try {
    const socket = await (await wire()).dial({ address, protocol: 'http', expect: self, timeoutMs: DIAL_MS });
    socket.destroy();
  } catch (error) {
    const todo =
      'if others cannot reach it either, let its port through the firewall or forward it, or name another address with --advertise; a router may only refuse this machine itself';
    return [
      warn(
        'port',
        `this machine does not reach the peer at ${where}: ${asPeerdexError(error).message}`,
        todo,
      ),
    ];
  }
  const isFar = link?.addresses.some(({ host }) => !LOOPBACK.test(host)) ?? false;
  if (LOOPBACK.test(address.host) && isFar) {
    return [
      warn(
        'port',
        `others are told ${where}, which is this machine for each of them`,
        'name an address of this machine with --advertise',
      ),
    ];
  }
  return [ok('port', `the peer is reached at ${where} from this machine`)];
}

/** Whether a daemon could listen where it is told to. */
export async function checkFreePort(listen: Address): Promise<readonly Finding[]> {
  const server = createServer();
  try {
    await listenClearly(listen, (where) => startListening(server, where));
    return [ok('port', `port ${listen.port === 0 ? '(any)' : listen.port} is free`)];
  } catch (error) {
    const { message, hint } = asPeerdexError(error);
    return [fail('port', message, hint ?? 'name another one with --listen')];
  } finally {
    server.close();
  }
}
