import type { About } from '../../../protocol/http/dashboard/own-operations.ts';

/** Whether who is signed in may make invites and revoke: in the registry's own process, or as a member of role admin. */
export const mayCare = ({ isRegistry, role }: About): boolean => isRegistry || role === 'admin';
