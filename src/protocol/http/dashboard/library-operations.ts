import { Type } from '../../schema.ts';
import { JobId } from '../local/local-shapes.ts';
import type { Operations } from '../operation.ts';
import {
  ContentIdShape,
  CountShape,
  NameShape,
  PathShape,
  PeerIdShape,
  SizeShape,
  TimeShape,
} from '../shapes.ts';

/** Most contents whose standing one request asks for. */
export const MOST_STANDING = 500;

/** What the page of the library asks beside what every client does. */
export const libraryOperations = {
  holders: {
    method: 'GET',
    path: '/v1/dashboard/contents/:content',
    summary:
      'Who lists a content and where: active peers first, those that are away as long as they are remembered.',
    params: Type.Object({ content: ContentIdShape }),
    response: Type.Object({
      size: SizeShape,
      holders: Type.Array(
        Type.Object({
          peer: PeerIdShape,
          name: NameShape,
          path: PathShape,
          modified: TimeShape,
          self: Type.Boolean(),
          active: Type.Boolean(),
        }),
      ),
      /** There are more. */
      more: Type.Boolean(),
    }),
    errors: ['not-found'],
  },
  standing: {
    method: 'POST',
    path: '/v1/dashboard/standing',
    summary: 'Which of these contents lie here, and which are on their way.',
    body: Type.Object({ contents: Type.Array(ContentIdShape, { maxItems: MOST_STANDING }) }),
    response: Type.Object({
      here: Type.Array(ContentIdShape),
      coming: Type.Array(
        Type.Object({ content: ContentIdShape, job: JobId, bytes: CountShape, size: CountShape }),
      ),
    }),
    errors: [],
  },
  preview: {
    method: 'POST',
    path: '/v1/dashboard/previews',
    summary: 'A URL by which an element of the page shows one content, for some minutes after its last use.',
    body: Type.Object({ content: ContentIdShape, name: Type.String({ minLength: 1, maxLength: 255 }) }),
    response: Type.Object({ url: Type.String({ maxLength: 4096 }), expires: TimeShape }),
    errors: ['not-found'],
  },
  dropIn: {
    method: 'PUT',
    path: '/v1/dashboard/files',
    summary:
      'Puts a file into the downloads folder, which is shared; answers when it is in the index. It replaces nothing. The body is its bytes, with their length in the header.',
    query: Type.Object({ path: PathShape }),
    bytes: true,
    response: Type.Object({ path: PathShape, size: SizeShape, content: ContentIdShape }),
    errors: ['conflict', 'no-space', 'limit', 'unavailable'],
  },
} as const satisfies Operations;

/** What elements of the page load: they bear no token but the one in the path. */
export const previewOperations = {
  previewed: {
    method: 'GET',
    path: '/preview/:token/:name',
    summary: 'Bytes of a content, while they come; one range at a time. The name is for people.',
    params: Type.Object({ token: Type.String({ maxLength: 64 }), name: Type.String({ maxLength: 4096 }) }),
    kind: 'bytes',
    errors: ['not-found', 'range', 'unavailable'],
    open: true,
  },
} as const satisfies Operations;
