import type { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { type Address, formatAddress } from '../../core/address.ts';
import type { Call } from '../../protocol/http/operation.ts';
import type { TSchema } from '../../protocol/schema.ts';

/** Whether a value fits a schema; see validate.ts. */
export type FitsSchema = (schema: TSchema, value: unknown) => boolean;

/** Whom a client talks to. */
export type Transport = ({ readonly socketPath: string } | { readonly address: Address }) & {
  readonly token?: string | undefined;
  /** Called with the connection of each call before anything is sent over it. */
  readonly onSocket?: ((socket: Socket) => void) | undefined;
  /** Keeps connections; without one each call has its own. */
  readonly agent?: Agent | undefined;
  /** Checks answers of servers that are not trusted; what does not fit is an error of code `failed`. */
  readonly fits?: FitsSchema | undefined;
  /** Ends every call, with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** How errors name the server; otherwise by its address. */
  readonly name?: string | undefined;
};

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds for the whole call, 10 s unless told. For streams and bytes: until the answer begins.
   */
  readonly timeoutMs?: number | undefined;
  /** For streams and bytes: longest silence once the answer began, in milliseconds; 30 s unless told, 0 for no end. */
  readonly idleMs?: number | undefined;
  /** Most bytes of a JSON answer, 16 MiB unless told. */
  readonly maxBytes?: number | undefined;
  /** Most values in a JSON answer of a server that is not trusted, 10,000 unless told: `[{},{},…` takes twenty times its length once it is parsed. */
  readonly maxValues?: number | undefined;
  /** Further request headers, such as `range`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** HEAD instead of GET, for bytes. */
  readonly head?: boolean | undefined;
}

/** One call of one operation. */
export interface Exchange {
  readonly operation: Call;
  readonly transport: Transport;
  readonly input: {
    readonly params?: Readonly<Record<string, unknown>>;
    readonly query?: Readonly<Record<string, unknown>>;
    readonly body?: unknown;
  };
  readonly options: CallOptions;
}

/** As errors name the server. */
export const serverName = (transport: Transport): string =>
  transport.name ?? ('address' in transport ? formatAddress(transport.address) : transport.socketPath);
