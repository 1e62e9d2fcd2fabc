import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { PeerdexError } from '../../core/errors.ts';

export interface GuardOptions {
  /** Names besides IP literals and `localhost` that this server answers to. */
  readonly allowedHosts: () => readonly string[];
  readonly token?: string | ((bearer: string) => boolean) | undefined;
  readonly tokenHint?: string | undefined;
}

/**
 * Throws what a request is refused with before anything else of it is looked at. A page in a browser can send requests here under
 * a name of its own that it points at this address (DNS rebinding): such a request bears a Host or an Origin that is not ours.
 */
export function makeGuard({
  allowedHosts,
  token,
  tokenHint = TOKEN_HINT,
}: GuardOptions): (headers: IncomingHttpHeaders, isOpen?: boolean) => void {
  const counts = typeof token === 'string' ? isToken(token) : token;
  return (headers, isOpen) => {
    const host = hostName(headers.host);
    if (host === undefined)
      throw new PeerdexError('forbidden', 'the request names no host, or not as HOST:PORT');
    if (!isOwn(host, allowedHosts())) {
      throw new PeerdexError(
        'forbidden',
        `this server does not answer to the name ${JSON.stringify(host.slice(0, 253))}`,
        {
          hint: 'use an IP address, localhost, or a name that was given with --advertise',
        },
      );
    }
    if (headers.origin !== undefined && originHost(headers.origin) !== headers.host?.toLowerCase()) {
      throw new PeerdexError('forbidden', 'requests from pages of other sites are refused');
    }
    if (counts && !isOpen && !counts(bearerOf(headers.authorization)))
      throw new PeerdexError('unauthorized', 'this API wants its token', { hint: tokenHint });
  };
}

const TOKEN_HINT = 'it is in daemon.json in the data folder; send it as Authorization: Bearer TOKEN';

function isToken(token: string): (bearer: string) => boolean {
  const expected = digest(token);
  return (bearer) => timingSafeEqual(expected, digest(bearer));
}

const bearerOf = (authorization = ''): string =>
  authorization.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : '';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The name without port, brackets and a final dot, in lower case. */
function hostName(header: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+(?:%[\w.]+)?)\]|([^\s:[\]/@?#]+))(?::\d{0,5})?$/i.exec(header ?? '');
  return match ? (match[1] ?? match[2]!).toLowerCase().replace(/\.$/, '') : undefined;
}

function isOwn(host: string, allowed: readonly string[]): boolean {
  if (host === 'localhost' || isIP(host) !== 0) return true;
  return allowed.some((name) => name.toLowerCase().replace(/\.$/, '') === host);
}

function originHost(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase();
}
