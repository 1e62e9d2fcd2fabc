import type { IncomingMessage, RequestOptions } from 'node:http';
import { formatAddress } from '../../core/address.ts';
import { asPeerdexError, PeerdexError, systemCode } from '../../core/errors.ts';
import { linkedAbort } from '../../core/linked-abort.ts';
import type { Call } from '../../protocol/http/operation.ts';
import { request } from '../node-http.ts';
import { type Exchange, serverName, type Transport } from './transport.ts';

export interface Answered {
  readonly message: IncomingMessage;
  /** Ends the limit on the whole call, and its tie to the caller's signal. */
  release(): void;
  /** Aborts with what ended the call before its time. */
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 10_000;
const IDLE_MS = 30_000;
/** First byte of what a TLS listener may answer to plaintext (RFC 8446, 5.1). */
const TLS_ALERT = 0x15;

/**
 * Sends the request and resolves with an answer of status 2xx or 304, its body unread. For JSON the time limit stays until
 * `release`, else it ends here and silence is limited instead.
 */
export async function exchange(one: Exchange): Promise<Answered> {
  const { transport, options } = one;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const linked = linkedAbort(options.signal, transport.signal);
  const { signal } = linked;
  const timer = setTimeout(() => {
    const waited = `${timeoutMs / 1000} s`;
    linked.abort(new PeerdexError('unavailable', `no answer from ${serverName(transport)} within ${waited}`));
  }, timeoutMs);
  const release = () => {
    clearTimeout(timer);
    linked.release();
  };
  try {
    signal.throwIfAborted();
    const message = await send(one, signal);
    const status = message.statusCode ?? 0;
    if ((status < 200 || status > 299) && status !== 304) {
      const { problemError } = await import('./client-problem.ts');
      throw await problemError(message, serverName(transport));
    }
    if (one.operation.kind === 'ndjson' || one.operation.kind === 'bytes') {
      clearTimeout(timer);
      message.once('close', release);
      limitSilence(message, one);
    }
    return { message, release, signal };
  } catch (error) {
    release();
    throw failure(one.transport, error, signal);
  }
}

/** What a call that broke off is reported as: the caller's own reason, ours, or what became of the connection. */
export function failure(transport: Transport, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof PeerdexError) return error;
  const name = serverName(transport);
  const code = systemCode(error) ?? '';
  const cause = error;
  if (code === 'ECONNREFUSED' || code === 'ENOENT') {
    return new PeerdexError('unavailable', `nobody answers at ${name}`, { cause });
  }
  if (code.startsWith('HPE_')) {
    const { rawPacket } = error as { readonly rawPacket?: Uint8Array };
    if (rawPacket?.[0] === TLS_ALERT)
      return new PeerdexError('unsupported', `${name} speaks TLS: is it a TLS network?`, { cause });
    return new PeerdexError('failed', `${name} does not speak HTTP`, { cause });
  }
  if (code === 'ECONNRESET' && (error as Error).message === 'socket hang up' && 'address' in transport) {
    return new PeerdexError('unavailable', `${name} closed the connection without an answer`, {
      cause,
      hint: 'it may be stopping; who speaks plaintext to a TLS network is treated so too',
    });
  }
  if (code.startsWith('E')) {
    const message = code === 'ECONNRESET' ? 'the connection ended in mid-answer' : (error as Error).message;
    return new PeerdexError('unavailable', `cannot talk to ${name}: ${message}`, { cause });
  }
  return asPeerdexError(error, `cannot talk to ${name}`);
}

function send(one: Exchange, signal: AbortSignal, isRetry = false): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const body = one.input.body === undefined ? undefined : Buffer.from(JSON.stringify(one.input.body));
    const outgoing = request({ ...target(one.transport), ...requestOf(one, body), signal }, resolve);
    if (one.transport.onSocket) outgoing.once('socket', one.transport.onSocket);
    // An answer of status 101 is neither a response nor an error: without this nothing would end the call, not even its time.
    outgoing.once('upgrade', (_message, socket) => {
      socket.destroy();
      reject(
        new PeerdexError(
          'failed',
          `${serverName(one.transport)} wants to go on in another protocol than HTTP`,
        ),
      );
    });
    outgoing.on('error', (error) => {
      // The server closed a kept connection just as we wrote: it has seen nothing of the request.
      const wasStale =
        outgoing.reusedSocket && systemCode(error) === 'ECONNRESET' && !isRetry && !signal.aborted;
      if (wasStale) send(one, signal, true).then(resolve, reject);
      else reject(error);
    });
    outgoing.end(body);
  });
}

/** `servername`: as the agent knows it, which its types do not say. */
function target(transport: Transport): RequestOptions & { readonly servername?: string } {
  const agent = transport.agent ?? false;
  if ('socketPath' in transport)
    // Without the name, which is for TLS alone, it is asked whether `host` is an address: a pattern that takes 6 ms to compile.
    return { agent, socketPath: transport.socketPath, servername: '', headers: { host: 'localhost' } };
  const { host, port } = transport.address;
  // A zone (`fe80::1%eth0`) says which interface to use here and means nothing over there.
  const named = formatAddress({ host: host.replace(/%.*$/, ''), port });
  return { agent, host, port, headers: { host: named } };
}

function requestOf(
  { operation, transport, input, options }: Exchange,
  body: Buffer | undefined,
): RequestOptions {
  const { host } = target(transport).headers as { host: string };
  return {
    method: options.head ? 'HEAD' : operation.method,
    path: pathOf(operation, input),
    headers: {
      host,
      accept: 'application/json, application/x-ndjson, */*',
      ...(transport.token === undefined ? {} : { authorization: `Bearer ${transport.token}` }),
      ...(body ? { 'content-type': 'application/json', 'content-length': body.byteLength } : {}),
      ...options.headers,
    },
  };
}

function pathOf(operation: Call, { params = {}, query = {} }: Exchange['input']): string {
  const path = operation.path
    .replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])))
    .replace('*', () => String(params['*']).split('/').map(encodeURIComponent).join('/'));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  return search.size > 0 ? `${path}?${search}` : path;
}

function limitSilence(message: IncomingMessage, { transport, options }: Exchange): void {
  const idleMs = options.idleMs ?? IDLE_MS;
  // The message forgets its socket when that is lost.
  const { socket } = message;
  socket.setTimeout(idleMs);
  const onTimeout = () => {
    message.destroy(
      new PeerdexError('unavailable', `${serverName(transport)} has sent nothing for ${idleMs / 1000} s`),
    );
  };
  socket.on('timeout', onTimeout);
  message.once('close', () => {
    socket.off('timeout', onTimeout);
    socket.setTimeout(0);
  });
}
