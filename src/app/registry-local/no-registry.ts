import { PeerdexError } from '../../core/errors.ts';

/** The error of a command that needs the data folder of a registry where there is none. */
export const noRegistry = (data: string): PeerdexError =>
  new PeerdexError('not-found', `no registry keeps its network in ${data}`, {
    hint: 'name the data folder of the registry with --data, or that of a running peer of role admin',
  });
