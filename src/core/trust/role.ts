/** What a member may do: fetch only; share and fetch; also look after the network. */
export const ROLES = ['fetch', 'publish', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const isRole = (text: unknown): text is Role => ROLES.some((role) => role === text);

/** Entries of others are dropped. */
export const mayPublish = (role: Role): boolean => role !== 'fetch';
