const MIB = 2 ** 20;
/** What a peer takes beside the buffers of transfers: Node, program and workers, index, sockets and TLS. Measured: 140 to 190 MiB. */
const REST = 192 * MIB;
const LEAST_BUFFERS = 8 * MIB;

/** Least memory that a peer can be told to keep to, bytes. */
export const LEAST_MEMORY = REST + LEAST_BUFFERS;

/** Bytes that the buffers of all transfers may take, in a process that is to stay below so many bytes resident. */
export const bufferBytes = (memory: number): number => Math.max(LEAST_BUFFERS, memory - REST);
