import { PeerdexError } from './errors.ts';

/** Where a listener can be reached. `host`: a name or an IP literal without brackets. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export const formatAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/**
 * Reads `HOST:PORT`, `[IPV6]:PORT`, `:PORT`, `PORT` and, when `defaultPort` is given, `HOST`. An absent host comes back as ''.
 * Throws `usage`.
 */
export function parseAddress(text: string, defaultPort?: number): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.]+)?)\]|([^[\]:/\s@?#]*))(?::(\d{1,5}))?$/.exec(text);
  if (match) {
    let host = match[1] ?? match[2] ?? '';
    let port = match[3] === undefined ? defaultPort : Number(match[3]);
    if (match[1] === undefined && match[3] === undefined && /^\d+$/.test(host)) {
      port = Number(host);
      host = '';
    }
    if (port !== undefined && port <= 65535 && host.length <= 253) return { host, port };
  }
  throw new PeerdexError('usage', `not an address: ${JSON.stringify(text.slice(0, 300))}`, {
    hint: 'write HOST:PORT, for example 192.168.1.5:10000 or [fe80::1]:10000; ports go from 0 to 65535',
  });
}
