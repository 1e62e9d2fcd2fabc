import type { AgentOptions, Agent as HttpAgent } from 'node:http';
import type { Socket } from 'node:net';
import { asPeerdexError, PeerdexError, systemCode } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import { Agent } from '../node-http.ts';
import type { Wire } from './wire.ts';

export interface WireAgentOptions extends AgentOptions {
  /** Milliseconds for a connection with its handshake. */
  readonly dialMs?: number;
  /** Told of each connection before its first request. */
  readonly onConnection?: (socket: Socket) => void;
}

/** For HTTP clients: keeps connections to one server, which must show `expect`, over the wire. */
export function agentFor(
  wire: Wire,
  expect: PeerId | undefined,
  { dialMs, onConnection, ...options }: WireAgentOptions = {},
): HttpAgent {
  const agent = new Agent({ keepAlive: true, ...options });
  const closing = new AbortController();
  const destroy = agent.destroy.bind(agent);
  agent.destroy = () => {
    closing.abort(new PeerdexError('unavailable', 'this client is closing'));
    destroy();
  };
  agent.createConnection = ({ host, port }, callback) => {
    const address = { host: host ?? '', port: Number(port) };
    wire.dial({ address, protocol: 'http', expect, timeoutMs: dialMs, signal: closing.signal }).then(
      (socket) => {
        if (socket.destroyed) return callback?.(lost(), socket);
        onConnection?.(socket);
        callback?.(null, socket);
      },
      (error) => callback?.(asSeenByClient(error), undefined as never),
    );
    return undefined;
  };
  return agent;
}

/** What the system said goes on as it is: the client words it, with the server's name. */
function asSeenByClient(error: unknown): Error {
  const known = asPeerdexError(error);
  const isOfSystem = known.code === 'unavailable' && /^E(?!RR_|CONNRESET)/.test(systemCode(known) ?? '');
  return isOfSystem ? (known.cause as Error) : known;
}

const lost = (): PeerdexError =>
  new PeerdexError('unavailable', 'the connection was lost as soon as it was made');
