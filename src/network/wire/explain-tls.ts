import { formatAddress } from '../../core/address.ts';
import { PeerdexError, systemCode } from '../../core/errors.ts';
import { unreachable } from './when-ready.ts';
import type { DialOptions } from './wire.ts';

/** What a failed TLS handshake is reported as by the side that dialled. */
export function explainTls(options: DialOptions, cause: Error): PeerdexError {
  const at = formatAddress(options.address);
  const code = systemCode(cause) ?? '';
  if (NOT_TLS.has(code)) {
    return new PeerdexError('unsupported', `${at} does not speak TLS: is it a plaintext network?`, { cause });
  }
  if (code.includes('_ALERT_')) {
    const why = code
      .replace(/^.*_ALERT_/, '')
      .replaceAll('_', ' ')
      .toLowerCase();
    return new PeerdexError('unsupported', `${at} refused this kind of TLS connection (${why})`, { cause });
  }
  if (code.startsWith('ERR_'))
    return new PeerdexError('failed', `no TLS connection to ${at}: ${code}`, { cause });
  if (code === 'ECONNRESET') {
    return new PeerdexError('unavailable', `${at} closed the connection before TLS was agreed`, {
      cause,
      hint: 'it may have too many connections, be stopping, or not speak TLS',
    });
  }
  return unreachable(options, cause);
}

/** What OpenSSL says of bytes that are no TLS record. */
const NOT_TLS = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_BAD_RECORD_TYPE',
  'ERR_SSL_UNEXPECTED_MESSAGE',
  'ERR_SSL_RECORD_LAYER_FAILURE',
]);
