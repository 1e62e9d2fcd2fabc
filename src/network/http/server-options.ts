import type { Log } from '../../core/ports/log.ts';
import type { Operations } from '../../protocol/http/operation.ts';
import type { Handlers } from './handlers.ts';

export interface HttpServerOptions<Ops extends Operations> {
  readonly title: string;
  /** Of the program, for the OpenAPI document. */
  readonly version: string;
  readonly operations: Ops;
  readonly handlers: Handlers<NoInfer<Ops>>;
  /** Names besides IP literals and `localhost` that requests may bear as Host, without port. */
  readonly allowedHosts: () => readonly string[];
  /** When given, every request must bear it as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  readonly log: Log;
  /** Most bytes of a request body; 1 MiB unless told. */
  readonly bodyLimit?: number;
  /** Most connections at a time; 2,000 unless told. More are closed at once. */
  readonly maxConnections?: number;
  /** One debug line a request. */
  readonly requestLog?: boolean;
  /** How long a client may take for its headers; 10 s unless told. Its whole request: three times that. */
  readonly headersTimeoutMs?: number;
  /** Serves `/openapi.json`; true unless told. */
  readonly describesItself?: boolean;
}
