import type { CommandModule } from './invocation.ts';

/** A command as the list in `peerdex --help` has it; its module is loaded when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<CommandModule>;
  /** For scripts of ours, not for people: in no list. */
  readonly hidden?: true;
  /** Runs a peer in this process. */
  readonly peer?: true;
  readonly children?: readonly CommandEntry[];
}

export const MENU: CommandEntry = {
  name: 'menu',
  summary: 'register, fetch and leave by number',
  load: () => import('./commands/menu.ts'),
};

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'start',
    summary: 'run a registry and a peer of it in one process',
    load: () => import('./commands/start.ts'),
    peer: true,
  },
  {
    name: 'registry',
    summary: 'run a registry',
    load: () => import('./commands/registry.ts'),
    children: [
      {
        name: 'peers',
        summary: 'list the peers that a registry remembers',
        load: () => import('./commands/registry-peers.ts'),
      },
      {
        name: 'invite',
        summary: 'make a join link',
        load: () => import('./commands/registry-invite.ts'),
      },
      {
        name: 'invites',
        summary: 'list the join links and whom they admitted',
        load: () => import('./commands/registry-invites.ts'),
      },
      {
        name: 'revoke',
        summary: 'end the membership of a peer, and the link that admitted it',
        load: () => import('./commands/registry-revoke.ts'),
      },
      {
        name: 'backup',
        summary: 'copy the network key and the members to one file',
        load: () => import('./commands/registry-backup.ts'),
      },
      {
        name: 'restore',
        summary: 'make a data folder from such a file',
        load: () => import('./commands/registry-restore.ts'),
      },
    ],
  },
  {
    name: 'up',
    summary: 'run a peer: join, share, serve, index',
    load: () => import('./commands/up.ts'),
    peer: true,
  },
  { name: 'join', summary: 'remember a join link', load: () => import('./commands/join.ts') },
  {
    name: 'leave',
    summary: 'leave the network and stop the daemon',
    load: () => import('./commands/leave.ts'),
  },
  { name: 'status', summary: 'say how the daemon is', load: () => import('./commands/status.ts') },
  {
    name: 'doctor',
    summary: 'look for what is wrong, and say what to do',
    load: () => import('./commands/doctor.ts'),
  },
  { name: 'peers', summary: 'list the active peers', load: () => import('./commands/peers.ts') },
  { name: 'ls', summary: 'browse what peers share', load: () => import('./commands/ls.ts') },
  { name: 'find', summary: 'find files by name', load: () => import('./commands/find.ts') },
  { name: 'get', summary: 'fetch files', load: () => import('./commands/get.ts') },
  {
    name: 'mirror',
    summary: 'keep a folder equal to one of the network',
    load: () => import('./commands/mirror.ts'),
  },
  { name: 'link', summary: 'make a URL for somebody outside', load: () => import('./commands/link.ts') },
  { name: 'share', summary: 'share a folder', load: () => import('./commands/share.ts') },
  { name: 'unshare', summary: 'stop sharing a folder', load: () => import('./commands/unshare.ts') },
  { name: 'rescan', summary: 'look at all shares now', load: () => import('./commands/rescan.ts') },
  {
    name: 'verify',
    summary: 'hash what is shared again and tell what has rotted',
    load: () => import('./commands/verify.ts'),
  },
  { name: 'limit', summary: 'set or show rate limits', load: () => import('./commands/limit.ts') },
  { name: 'open', summary: 'open the dashboard in a browser', load: () => import('./commands/open.ts') },
  { name: 'jobs', summary: 'list downloads', load: () => import('./commands/jobs.ts') },
  { name: 'why', summary: 'say what holds a download back', load: () => import('./commands/why.ts') },
  { name: 'pause', summary: 'pause a download', load: () => import('./commands/pause.ts') },
  { name: 'resume', summary: 'go on with a download', load: () => import('./commands/resume.ts') },
  {
    name: 'cancel',
    summary: 'end a download and drop what it has so far',
    load: () => import('./commands/cancel.ts'),
  },
  {
    name: 'reset-identity',
    summary: 'make the peer of a copied data folder another one',
    load: () => import('./commands/reset-identity.ts'),
  },
  { name: 'csv', summary: 'print the whole index as CSV', load: () => import('./commands/csv.ts') },
  {
    name: 'completion',
    summary: 'print a script that completes commands and names in a shell',
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'complete',
    summary: 'say what may stand at the end of a command line',
    load: async () => (await import('./commands/complete.ts')).completing(() => COMMANDS),
    hidden: true,
  },
  MENU,
];
