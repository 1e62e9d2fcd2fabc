/** How ids are written, for schemas: nothing here needs the hash library, so a browser can load it. */
export const PEER_ID_PATTERN = '^[0-9a-f]{32}$';
export const CONTENT_ID_PATTERN = '^[0-9a-f]{64}$';
export const INDEX_ID_PATTERN = '^[0-9a-f]{16}$';
export const INVITE_ID_PATTERN = '^[0-9a-f]{16}$';
