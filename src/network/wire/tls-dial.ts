import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import { checkSession } from './check-session.ts';
import { explainTls } from './explain-tls.ts';
import { onreadOf } from './onread.ts';
import { ALPN } from './tls-names.ts';
import { whenReady } from './when-ready.ts';
import type { DialOptions } from './wire.ts';

/** A TLS session with whoever is at the address, after all checks. */
export function dialTls(secureContext: SecureContext, options: DialOptions): Promise<TLSSocket> {
  const { address, protocol } = options;
  let checked = false;
  const onread = onreadOf(options, (bytes) => {
    if (checked) options.onread?.read(bytes, socket);
  });
  const socket = connect({
    host: address.host,
    port: address.port,
    secureContext,
    ALPNProtocols: [ALPN[protocol]],
    // Nobody vouches for a certificate here, and names mean nothing: checkSession looks at the key.
    rejectUnauthorized: false,
    ...onread,
  });
  return whenReady(socket, 'secureConnect', options, {
    check: () => {
      checkSession(socket, options);
      checked = true;
      // Not among the options that a TLS socket passes on to its TCP connection.
      socket.setNoDelay(true);
      socket.setKeepAlive(true);
    },
    explain: (cause) => explainTls(options, cause),
  });
}
