import { type Static, Type } from '../../schema.ts';
import { CountShape, PathShape, SizeShape, TimeShape } from '../shapes.ts';
import { Text } from './local-shapes.ts';

/** Ten years. */
export const MAX_LINK_SECONDS = 10 * 365 * 86_400;

export const LinkRow = Type.Object({
  id: Type.String({ pattern: '^[0-9a-f]{16}$', maxLength: 16 }),
  /** The one to give away, and the same at every address of this peer, best first. */
  url: Text,
  urls: Type.Array(Text),
  kind: Type.Union([Type.Literal('file'), Type.Literal('folder')]),
  /** Of a file its content id, of a folder its index path. */
  what: PathShape,
  /** Index path where it lay when the link was made. */
  path: PathShape,
  /** Bytes; null for a folder. */
  size: Type.Union([SizeShape, Type.Null()]),
  created: TimeShape,
  expires: TimeShape,
  /** When it was withdrawn, or null. */
  revoked: Type.Union([TimeShape, Type.Null()]),
  state: Type.Union([Type.Literal('valid'), Type.Literal('ended'), Type.Literal('revoked')]),
  /** How often a file was fetched by it, from its first byte on. */
  used: CountShape,
  /** The command that fetches it. */
  curl: Text,
  /** `sha256//` and base64: pins the key of a certificate that browsers do not know; null where there is none at `url`. */
  pin: Type.Union([Text, Type.Null()]),
});
export type LinkRow = Static<typeof LinkRow>;
