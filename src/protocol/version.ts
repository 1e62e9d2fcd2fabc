/** Version of the wire contract, HTTP and swarm together. Peers of different versions refuse each other. */
export const PROTOCOL_VERSION = 1;

/** One sentence for people when the other side speaks another version. `who`: as in "the registry at host:port". */
export const versionMismatch = (who: string, theirs: number): string =>
  `${who} speaks protocol version ${theirs} and this peerdex speaks ${PROTOCOL_VERSION}: update the older of the two`;
