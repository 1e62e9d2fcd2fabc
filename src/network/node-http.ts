/**
 * `node:http` without an `import`: that reads every export of it, and one of them loads the whole of fetch and WebSocket, which nobody
 * here uses: 40 ms of every command and 15 MB of every process.
 */
export const { Agent, request } = process.getBuiltinModule('node:http');
