import { CONTENT_ID_PATTERN, INDEX_ID_PATTERN, PEER_ID_PATTERN } from '../../core/id-patterns.ts';
import { MAX_PATH_BYTES } from '../../core/index-path.ts';
import { MAX_CONTENT_BYTES } from '../../core/leaf-layout.ts';
import { Type } from '../schema.ts';

/** Shapes that several operations share. Every string and list has an upper bound. */
export const PeerIdShape = Type.String({ pattern: PEER_ID_PATTERN, maxLength: 32 });
export const NetworkIdShape = Type.String({ pattern: PEER_ID_PATTERN, maxLength: 32 });
export const ContentIdShape = Type.String({ pattern: CONTENT_ID_PATTERN, maxLength: 64 });
export const IndexIdShape = Type.String({ pattern: INDEX_ID_PATTERN, maxLength: 16 });
export const NameShape = Type.String({ minLength: 1, maxLength: 64 });
export const PathShape = Type.String({ minLength: 1, maxLength: MAX_PATH_BYTES });
/** Bytes, or any other count that stays below 2^53. */
export const CountShape = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const SizeShape = Type.Integer({ minimum: 0, maximum: MAX_CONTENT_BYTES });
/** ISO 8601, UTC. */
export const TimeShape = Type.String({ maxLength: 40 });
export const RateShape = Type.Number({ minimum: 0 });

export const AddressShape = Type.Object({
  host: Type.String({ minLength: 1, maxLength: 253 }),
  port: Type.Integer({ minimum: 1, maximum: 65535 }),
});

export const HeadShape = Type.Object({ index: IndexIdShape, seq: CountShape });
export const ModeShape = Type.Union([Type.Literal('plaintext'), Type.Literal('tls')]);
