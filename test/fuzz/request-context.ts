import type { IncomingHttpHeaders } from 'node:http';
import type { RequestContext } from '../../src/network/http/handlers.ts';

/** What a handler sees of a request, and what says that its connection has ended. */
export function requestContext(
  headers: IncomingHttpHeaders = {},
  method = 'GET',
): { readonly context: RequestContext; readonly end: () => void } {
  const gone = new AbortController();
  const context = {
    signal: gone.signal,
    headers,
    method,
    remote: '',
    exporter: () => undefined,
    disconnect: () => gone.abort(),
  };
  return { context, end: () => gone.abort() };
}
