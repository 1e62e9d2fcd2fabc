import type { PortLimits } from '../../core/limits/limits.ts';
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
  /**
   * When given, every request must bear it as `Authorization: Bearer`, or what the function says to be a token that counts; but for
   * operations that are `open`.
   */
  readonly token?: string | ((bearer: string) => boolean) | undefined;
  /** Where who asks finds a token. */
  readonly tokenHint?: string | undefined;
  /** Of every answer, unless a handler says otherwise. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly log: Log;
  /** Of requests, and the number of connections; those of a peer unless told. More connections are closed at once. */
  readonly limits?: Partial<PortLimits> | undefined;
  /** One debug line a request. */
  readonly requestLog?: boolean;
  /** Serves `/openapi.json`; true unless told. */
  readonly describesItself?: boolean;
}
