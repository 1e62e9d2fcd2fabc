import { PeerdexError } from '../../core/errors.ts';

export const malformed = (what: string): PeerdexError =>
  new PeerdexError('failed', `the other side broke the swarm protocol: ${what}`);
