import { isIP, type Server } from 'node:net';
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { type Address, formatAddress } from '../core/address.ts';
import { asPeerdexError, PeerdexError, systemCode } from '../core/errors.ts';

/** Runs what listens on `address`; a system's refusal becomes one clear sentence. */
export async function listenClearly<T>(
  address: Address,
  listen: (address: Address) => Promise<T>,
): Promise<T> {
  try {
    return await listen(address);
  } catch (error) {
    throw listenError(address, error);
  }
}

/** Lets a server of sockets listen, and says at which port. Rejects with the system's error. */
export function startListening(listener: Server, { host, port }: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen({ port, host: host === '' ? undefined : host }, () => {
      listener.off('error', reject);
      const address = listener.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Where others are told to find a listener. */
export function advertisedAddresses(
  { advertise, listen, port }: { advertise: readonly Address[]; listen: Address; port: number },
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): readonly Address[] {
  if (advertise.length > 0)
    return advertise.map((one) => ({ host: one.host, port: one.port === 0 ? port : one.port }));
  const hosts = isAny(listen.host) ? ownHosts(interfaces, listen.host) : [listen.host];
  return hosts.slice(0, MAX_ADDRESSES).map((host) => ({ host, port }));
}

/** The wire's bound on a peer's addresses. */
const MAX_ADDRESSES = 16;

/** Names under which this machine may be asked at these addresses; IP literals are always right. */
export const ownNames = (addresses: readonly Address[]): readonly string[] => {
  const machine = hostname();
  const names = [machine, machine.split('.', 1)[0]!, ...addresses.map(({ host }) => host)];
  return names.filter((name) => name !== '' && isIP(name) === 0);
};

const isAny = (host: string): boolean => host === '' || host === '::' || host === '0.0.0.0';

/** IPv4 first; link-local IPv6 is left out, for it means nothing without an interface of the reader's own. */
function ownHosts(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>, listen: string): string[] {
  const found = Object.values(interfaces)
    .flatMap((one) => one ?? [])
    .filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address));
  const v4 = found.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
  const v6 = found.filter(({ family }) => family === 'IPv6').map(({ address }) => address);
  const hosts = listen === '0.0.0.0' ? v4 : [...v4, ...v6];
  return hosts.length > 0 ? hosts : ['127.0.0.1'];
}

function listenError(address: Address, cause: unknown): PeerdexError {
  const code = systemCode(cause);
  const where = formatAddress(address);
  if (code === 'EADDRINUSE') {
    return new PeerdexError('conflict', `port ${address.port} is in use by another program`, {
      cause,
      hint: 'name another one with --listen, for example --listen :0 for any free port',
    });
  }
  if (code === 'EACCES') {
    return new PeerdexError('failed', `this user may not listen on port ${address.port}`, {
      cause,
      hint: 'ports below 1024 are kept for the system; name another one with --listen',
    });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAFNOSUPPORT') {
    return new PeerdexError(
      'failed',
      `cannot listen on ${where}: ${JSON.stringify(address.host)} is no address of this machine`,
      {
        cause,
        hint: 'leave the host out to listen on all interfaces',
      },
    );
  }
  return asPeerdexError(cause, `cannot listen on ${where}`);
}
