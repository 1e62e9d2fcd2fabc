/**
 * What a client command needs of `node:fs`, without an `import`: that reads every export of it, and some of them load all that there is for
 * streams and promises of files: 5 ms of a command that takes fifty.
 */
export const { readFileSync, statSync } = process.getBuiltinModule('node:fs');
