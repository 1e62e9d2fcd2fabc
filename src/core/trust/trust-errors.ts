import { PeerdexError } from '../errors.ts';
import type { PeerId } from '../ids.ts';

export const iso = (time: number): string => new Date(time).toISOString();

export const refused = (peer: PeerId, why: string, cause?: unknown): PeerdexError =>
  new PeerdexError('forbidden', `peer ${peer} is not let in: ${why}`, { cause });

export const notRegistered = (): PeerdexError =>
  new PeerdexError('unavailable', 'this peer has not been registered in its network yet');
