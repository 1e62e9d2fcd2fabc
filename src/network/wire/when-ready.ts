import type { Socket } from 'node:net';
import { formatAddress } from '../../core/address.ts';
import { PeerdexError } from '../../core/errors.ts';
import { DIAL_MS, type DialOptions } from './wire.ts';

/**
 * The socket after `event`, or the error that came before: the system's, the signal's reason, `unavailable` after the time limit, what
 * `check` throws. A socket that fails is destroyed; one that is handed out has a listener for errors, so that none is thrown.
 */
export function whenReady<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  { address, timeoutMs = DIAL_MS, signal }: DialOptions,
  { check, explain }: { check: (socket: S) => void; explain: (cause: Error) => PeerdexError },
): Promise<S> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off(event, onReady).off('close', onClose);
    };
    const fail = (error: unknown) => {
      settle();
      reject(error);
      socket.destroy();
    };
    const onReady = () => {
      try {
        check(socket);
      } catch (error) {
        return fail(error);
      }
      settle();
      resolve(socket);
    };
    const onAbort = () => fail(signal?.reason);
    const onClose = () =>
      fail(new PeerdexError('unavailable', `${formatAddress(address)} closed the connection`));
    const timer = setTimeout(
      () => fail(new PeerdexError('unavailable', `${formatAddress(address)} does not answer`)),
      timeoutMs,
    );
    // Stays for good: between here and the next owner's first line an error must not end the process.
    socket.on('error', (cause) => fail(explain(cause)));
    socket.once(event, onReady).once('close', onClose);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** What the system says of a connection that could not be made. */
export const unreachable = ({ address }: DialOptions, cause: Error): PeerdexError => {
  // When a name has several addresses, the error of all of them has a code and no text.
  const why = cause.message || (cause as NodeJS.ErrnoException).code;
  return new PeerdexError('unavailable', `cannot reach ${formatAddress(address)}: ${why}`, { cause });
};
