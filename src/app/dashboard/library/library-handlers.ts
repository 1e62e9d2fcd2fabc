import type { Clock } from '../../../core/clock.ts';
import { PeerdexError } from '../../../core/errors.ts';
import { baseName } from '../../../core/index-path.ts';
import { likelySize } from '../../../index/likely-size.ts';
import type { Handlers } from '../../../network/http/handlers.ts';
import type {
  libraryOperations,
  previewOperations,
} from '../../../protocol/http/dashboard/library-operations.ts';
import type { LocalParts } from '../../local/local-parts.ts';
import { DropIn, type DropInParts } from './drop-in.ts';
import { holdersOf } from './holders.ts';
import { answerPreview } from './preview-answer.ts';
import { Previews } from './previews.ts';
import { standingOf } from './standing.ts';

export type LibraryParts = DropInParts &
  Pick<LocalParts, 'self' | 'name' | 'entries' | 'directory' | 'transfer'>;

/** `isSignedIn`: whether the session of a bearer has not ended. */
export function libraryHandlers(
  parts: LibraryParts,
  isSignedIn: (bearer: string) => boolean,
  clock: Clock,
): Handlers<typeof libraryOperations> & Handlers<typeof previewOperations> {
  const previews = new Previews(clock);
  const dropIn = new DropIn(parts);
  return {
    holders: ({ params }) => holdersOf(params.content, parts),
    standing: ({ body }) => standingOf(body.contents, parts),
    preview({ body: { content, name } }, { headers }) {
      const listed = parts.entries.byContent(content, EVERYBODY, MOST_TOLD);
      const size = listed.length > 0 ? likelySize(listed) : parts.shares.contents.locate(content)[0]?.size;
      if (size === undefined) throw new PeerdexError('not-found', 'nobody lists this content any more');
      const bearer = (headers.authorization ?? '').slice('Bearer '.length);
      const { token, expires } = previews.make({
        ...{ content, size },
        name: baseName(name),
        isSignedIn: () => isSignedIn(bearer),
      });
      return {
        url: `/preview/${token}/${encodeURIComponent(baseName(name).toWellFormed())}`,
        expires: new Date(expires).toISOString(),
      };
    },
    dropIn: ({ query }, context) => dropIn.take(query.path, context),
    previewed: ({ params }, context) =>
      answerPreview(previews.use(params.token), context, parts.transfer.reads),
  };
}

const EVERYBODY = { has: () => true };
/** Places of a content by which its size is told. */
const MOST_TOLD = 100;
