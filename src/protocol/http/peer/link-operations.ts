import { MAX_PATH_BYTES } from '../../../core/index-path.ts';
import { type Static, Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';
import { ContentIdShape, CountShape, TimeShape } from '../shapes.ts';

/** Longer than any token, so that a broken one is answered like an unknown one. */
const TokenShape = Type.String({ maxLength: 256 });

/** A folder behind a link, for programs. */
export const LinkedFolder = Type.Object({
  name: Type.String(),
  entries: Type.Array(
    Type.Object({
      name: Type.String(),
      kind: Type.Union([Type.Literal('folder'), Type.Literal('file')]),
      size: CountShape,
      modified: Type.Union([TimeShape, Type.Null()]),
      content: Type.Union([ContentIdShape, Type.Null()]),
    }),
  ),
});
export type LinkedFolder = Static<typeof LinkedFolder>;

/** What somebody outside the network may ask for, with a link that a member made. */
export const linkOperations = {
  link: {
    method: 'GET',
    path: '/l/:token',
    summary: 'The file of a link; of a folder the way to its listing.',
    params: Type.Object({ token: TokenShape }),
    kind: 'bytes',
    errors: ['not-found', 'range', 'conflict'],
  },
  linkBelow: {
    method: 'GET',
    path: '/l/:token/*',
    summary:
      "The file of a link, whatever name follows; of a folder what lies at that path below it: a file's bytes, or a listing as a page or, with `Accept: application/json`, as JSON.",
    params: Type.Object({
      token: TokenShape,
      '*': Type.String({ maxLength: MAX_PATH_BYTES }),
    }),
    kind: 'bytes',
    errors: ['not-found', 'forbidden', 'range', 'conflict'],
  },
} as const satisfies Operations;
