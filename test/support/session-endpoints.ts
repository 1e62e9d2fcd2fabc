import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Sessions } from '../../src/app/trust/sessions.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { NetworkId } from '../../src/core/ids.ts';
import type { Signer } from '../../src/core/ports/signing.ts';
import type { RequestContext } from '../../src/network/http/handlers.ts';
import { exporterOf } from '../../src/network/wire/exporter.ts';

/** The two steps of signing in, for a server that a test writes by hand. It lets everybody in. */
export class SessionEndpoints {
  readonly #sessions: Sessions;

  constructor(
    self: Signer,
    network: NetworkId,
    ticket: () => string | undefined,
    revocations: () => number = () => 0,
  ) {
    this.#sessions = new Sessions({
      self,
      network: () => network,
      papers: () => ({ ...(ticket() !== undefined && { ticket: ticket()! }), revocations: revocations() }),
      admit: ({ peer }) => ({ peer, role: 'publish' }),
      recheck: () => {},
      clock: systemClock,
    });
  }

  /** True when the request was one of the two; it is answered then. */
  takes(request: IncomingMessage, response: ServerResponse): boolean {
    const step = { '/v1/challenge': 'challenge', '/v1/session': 'session' }[request.url ?? ''];
    if (!step) return false;
    void this.#answer(step as 'challenge' | 'session', request, response);
    return true;
  }

  async #answer(
    step: 'challenge' | 'session',
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = JSON.parse(await text(request));
    const gone = new AbortController();
    once(response, 'close').then(() => gone.abort());
    const context: RequestContext = {
      signal: gone.signal,
      headers: request.headers,
      method: 'POST',
      remote: '',
      exporter: () => exporterOf(request.socket),
      disconnect: () => request.socket.destroy(),
    };
    const handler = this.#sessions.handlers()[step] as (input: unknown, context: RequestContext) => unknown;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(await handler({ body }, context)));
  }
}
