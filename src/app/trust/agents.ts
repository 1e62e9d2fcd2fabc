import { Agent } from 'node:http';
import type { PeerId } from '../../core/ids.ts';

/** Connections for HTTP, kept a while. In a TLS network only to whoever holds the key of the id that is named. */
export interface Agents {
  /** An agent of its own for each call; destroy it when done. `maxSockets`: connections at a time. */
  make(server: PeerId, maxSockets: number): Agent;
}

/** Of a plaintext network. */
export const plainAgents: Agents = {
  make: (_server, maxSockets) => new Agent({ keepAlive: true, maxSockets }),
};
