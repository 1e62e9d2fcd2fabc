/** The private keys of a peer and of a registry, in their data folders. */
const KEY_FILES: ReadonlySet<string> = new Set(['peer-key.pem', 'network-key.pem']);
/** Of all of them; quicker to see in a long list of names. */
const KEY_END = '-key.pem';

/** One of these beside a key tells a data folder, or a copy of one, from a folder that got a file of that name from somewhere. */
const COMPANIONS: ReadonlySet<string> = new Set([
  'lock.db',
  'peer.db',
  'registry.db',
  'join-link',
  'peer.json',
  'membership.json',
  'network.json',
  'daemon.json',
]);

/** Folders in a data folder that hold what is meant for others. */
const FOR_OTHERS: ReadonlySet<string> = new Set(['downloads', 'sample']);

/** A file of this name is never shared, wherever it lies. */
export const isKeyFile = (name: string): boolean => name.endsWith(KEY_END) && KEY_FILES.has(name);

/** Whether a folder with these names in it is a data folder of peerdex, of which nothing is shared. */
export const isDataFolder = (names: readonly string[]): boolean =>
  names.some(isKeyFile) && names.some((name) => COMPANIONS.has(name));

/** Whether the folder of this name, right in a data folder, may be shared by itself. */
export const isForOthers = (name: string): boolean => FOR_OTHERS.has(name);
