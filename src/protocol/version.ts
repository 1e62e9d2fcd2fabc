/** Version of the wire contract, HTTP and swarm together. Peers of different versions refuse each other. */
export const PROTOCOL_VERSION = 1;

/** What a side speaks that does not say. */
export const UNSAID_VERSION = 1;

/**
 * One sentence for people when the other side speaks another version. `who`: as in "the registry at host:port"; `here`: the side that
 * says it, for the sentence may be read on the other one.
 */
export const versionMismatch = (who: string, theirs: number, here = 'this peerdex'): string =>
  `${who} speaks protocol version ${theirs} and ${here} speaks ${PROTOCOL_VERSION}: update the older of the two`;
