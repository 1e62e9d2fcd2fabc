import type { Agent } from 'node:http';
import type { PeerId } from '../../core/ids.ts';
import { agentFor } from '../../network/wire/agent.ts';
import type { Wire } from '../../network/wire/wire.ts';

/** Connections for HTTP, kept a while. In a TLS network only to whoever holds the key of the id that is named. */
export interface Agents {
  /** An agent of its own for each call; destroy it when done. `maxSockets`: connections at a time. */
  make(server: PeerId, maxSockets: number): Agent;
}

export const agentsOf = (wire: Wire): Agents => ({
  make: (server, maxSockets) => agentFor(wire, server, { maxSockets }),
});
