import { type Static, Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';
import { sessionOperations } from '../session/operations.ts';
import { revocationOperations } from '../session/revocations.ts';
import {
  ContentIdShape,
  CountShape,
  HeadShape,
  IndexIdShape,
  ModeShape,
  NameShape,
  NetworkIdShape,
  PathShape,
  PeerIdShape,
  SizeShape,
  TimeShape,
} from '../shapes.ts';
import { linkOperations } from './link-operations.ts';

/** Most records in one page of a log. */
export const MAX_PAGE_RECORDS = 2000;
export const MAX_PAGE_JUMPS = 256;
/** Longest page that is brought, in characters: it has to fit the body of a request. */
export const MAX_BROUGHT_BYTES = 700_000;
export const MAX_SEARCH_RESULTS = 200;
export const MAX_SEARCH_HOLDERS = 16;
/** Most heads of others in one answer. */
export const MAX_NEWS_HEADS = 128;
/** Longest body with a page: 1 MiB of paths fits, each character of them escaped, and so many records beside them. */
export const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** Response headers beside a page: the owner's public key (SPKI, DER) and its signature, both in base64url. */
export const PAGE_HEADERS = { key: 'peerdex-key', signature: 'peerdex-signature' } as const;

/** Response header beside a page: number of the newest list of revocations that the server has. */
export const REVOCATIONS_HEADER = 'peerdex-revocations';

export const PeerInfo = Type.Object({
  id: PeerIdShape,
  /** Told to members only. */
  name: Type.Optional(NameShape),
  network: NetworkIdShape,
  mode: ModeShape,
  protocol: CountShape,
  version: Type.String({ maxLength: 64 }),
});

export const WireRecord = Type.Object({
  seq: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  path: PathShape,
  kind: Type.Union([Type.Literal('file'), Type.Literal('folder')]),
  size: SizeShape,
  /** Nanoseconds since 1970 in decimal digits: they do not fit a JSON number. */
  mtime: Type.String({ pattern: '^-?[0-9]{1,19}$', maxLength: 20 }),
  executable: Type.Boolean(),
  content: Type.Optional(ContentIdShape),
  flag: Type.Union([Type.Literal(0), Type.Literal(1)]),
});
export type WireRecord = Static<typeof WireRecord>;

export const WirePage = Type.Object({
  owner: PeerIdShape,
  index: IndexIdShape,
  floor: CountShape,
  last: CountShape,
  since: CountShape,
  records: Type.Array(WireRecord, { maxItems: MAX_PAGE_RECORDS }),
  more: Type.Boolean(),
  /** Pairs of numbers between which none was given. */
  jumps: Type.Optional(
    Type.Array(Type.Array(CountShape, { minItems: 2, maxItems: 2 }), { maxItems: MAX_PAGE_JUMPS }),
  ),
});
export type WirePage = Static<typeof WirePage>;

export const peerOperations = {
  ...sessionOperations,
  ...revocationOperations,
  peer: {
    method: 'GET',
    path: '/v1/peer',
    summary: 'Who this peer is.',
    response: PeerInfo,
    errors: [],
  },
  news: {
    method: 'GET',
    path: '/v1/news',
    summary: 'What members tell each other when they have nothing else to say.',
    response: Type.Object({
      /** Number of the newest list of revocations that this peer has. */
      revocations: CountShape,
      /** How far it knows the log of who asks; absent: not at all. */
      head: Type.Optional(HeadShape),
      /** How far it knows the logs of others: of those that changed last, and of some at random. */
      heads: Type.Optional(
        Type.Array(Type.Object({ owner: PeerIdShape, index: IndexIdShape, seq: CountShape }), {
          maxItems: MAX_NEWS_HEADS,
        }),
      ),
    }),
    errors: ['unauthorized'],
  },
  bringPage: {
    method: 'PUT',
    path: '/v1/index/log',
    summary:
      'A member brings a page of its own log, signed as an answer with one is: nobody can dial it, or its registry is away. Without a page it asks what to bring. The answer says what to bring next; nothing where all is known.',
    body: Type.Object({
      page: Type.Optional(
        Type.Object({
          /** The signed bytes, which are JSON. */
          body: Type.String({ maxLength: MAX_BROUGHT_BYTES }),
          key: Type.String({ maxLength: 256 }),
          signature: Type.String({ maxLength: 128 }),
        }),
      ),
    }),
    response: Type.Object({
      next: Type.Optional(
        Type.Object({
          index: Type.Optional(IndexIdShape),
          since: CountShape,
          limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE_RECORDS }),
          floor: Type.Optional(CountShape),
        }),
      ),
    }),
    errors: ['unauthorized', 'usage', 'limit', 'conflict'],
  },
  log: {
    method: 'GET',
    path: '/v1/index/log',
    summary:
      "A page of this peer's entry log above a sequence number, or with `owner` one of another peer's that it keeps to pass it on: it may begin before the number, and `not-found` says that it has none with news. A caller that names another index, or a number below the floor, gets the log from the start (`since` 0) and replaces what it had. The headers `peerdex-key` and `peerdex-signature` carry the owner's key and its signature over the body.",
    query: Type.Object({
      index: Type.Optional(IndexIdShape),
      since: Type.Optional(CountShape),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE_RECORDS })),
      /** Within a snapshot: the floor that its first page named. */
      floor: Type.Optional(CountShape),
      /** Whose log, if not this peer's own. */
      owner: Type.Optional(PeerIdShape),
      /** With `owner`: a page that was made when the log ended below this number is not wanted. */
      atLeast: Type.Optional(CountShape),
    }),
    response: WirePage,
    kind: 'bytes',
    errors: ['unauthorized', 'not-found'],
  },
  searchIndex: {
    method: 'GET',
    path: '/v1/index/find',
    summary:
      'Files in the index of this peer whose name has every word, one result a content: for members whose own index does not have everybody. Nothing of it is signed.',
    query: Type.Object({
      words: Type.String({ minLength: 1, maxLength: 1024 }),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_SEARCH_RESULTS })),
    }),
    response: Type.Object({
      results: Type.Array(
        Type.Object({
          path: PathShape,
          size: SizeShape,
          content: ContentIdShape,
          modified: TimeShape,
          holders: Type.Array(Type.Object({ peer: PeerIdShape, path: PathShape }), {
            maxItems: MAX_SEARCH_HOLDERS,
          }),
        }),
        { maxItems: MAX_SEARCH_RESULTS },
      ),
      total: CountShape,
      more: Type.Boolean(),
    }),
    errors: ['unauthorized', 'limit'],
  },
  manifest: {
    method: 'GET',
    path: '/v1/contents/:content/manifest',
    summary: 'Size (8 bytes, little-endian) and group hashes (32 bytes each) of a content.',
    params: Type.Object({ content: ContentIdShape }),
    kind: 'bytes',
    errors: ['unauthorized', 'not-found'],
  },
  content: {
    method: 'GET',
    path: '/v1/contents/:content',
    summary: 'The bytes of a content; `Range` and `If-None-Match` are honoured, HEAD too.',
    params: Type.Object({ content: ContentIdShape }),
    kind: 'bytes',
    errors: ['unauthorized', 'not-found', 'range', 'conflict', 'unavailable'],
  },
  file: {
    method: 'GET',
    path: '/v1/files/*',
    summary:
      'The bytes of a shared file by its index path; `Range` and `If-None-Match` are honoured, HEAD too.',
    params: Type.Object({ '*': PathShape }),
    kind: 'bytes',
    errors: ['unauthorized', 'not-found', 'forbidden', 'range', 'conflict', 'unavailable'],
  },
  ...linkOperations,
} as const satisfies Operations;
