import { PeerdexError } from '../../core/errors.ts';
import { baseName, checkIndexPath } from '../../core/index-path.ts';
import type { NetworkMode } from '../../core/join-link.ts';
import type { EntryStore } from '../../core/ports/entry-store.ts';
import type { HashStore } from '../../core/ports/local-contents.ts';
import type { Signer } from '../../core/ports/signing.ts';
import type { Trust } from '../../core/trust/trust.ts';
import type { Handlers, RequestContext } from '../../network/http/handlers.ts';
import type { peerOperations } from '../../protocol/http/peer/operations.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import type { FallenIndex } from '../fallen-index.ts';
import { takeBrought } from '../trust/agree-on-revocations.ts';
import type { Sessions } from '../trust/sessions.ts';
import { VERSION } from '../version.ts';
import { answerContent } from './content-answer.ts';
import { type LinkAnswers, linkHandlers } from './link-answer.ts';
import { logHandlers, type OthersLogs } from './log-answers.ts';
import { type SearchAnswers, searchHandlers } from './search-answer.ts';

/** Throws `unauthorized` for a request by who is no member. */
export type Authorize = (context: RequestContext) => void;

export interface PublicParts extends LinkAnswers {
  /** This peer's own key: what signs its pages. */
  readonly key: Signer;
  readonly name: () => string;
  readonly network: () => string | undefined;
  readonly mode: NetworkMode;
  readonly sessions: Sessions;
  readonly trust: Trust;
  readonly fallen: FallenIndex;
  readonly others: () => OthersLogs | undefined;
  readonly search: SearchAnswers['search'];
  readonly entries: EntryStore;
  readonly hashes: HashStore;
  /** Asked before the log and contents are given; links need nothing besides. */
  readonly authorize: Authorize;
}

/** What a peer answers other peers, curl and browsers over HTTP. */
export function publicHandlers(parts: PublicParts): Handlers<typeof peerOperations> {
  const { self, entries, hashes, contents, authorize } = parts;
  const { sessions, trust } = parts;
  return {
    ...sessions.handlers(),
    ...logHandlers({
      ...parts,
      revocations: () => trust.revocations,
      memberOf: (context) => sessions.memberOf(context),
    }),
    ...searchHandlers({ search: parts.search, memberOf: (context) => sessions.memberOf(context) }),
    revocations: (_input, context) => {
      sessions.memberOf(context);
      return { list: trust.revocationsText ?? null };
    },
    bringRevocations: ({ body: { list } }, context) => {
      sessions.memberOf(context);
      takeBrought(() => trust.takeRevocations(list));
    },
    peer: (_input, context) => ({
      id: self,
      ...(sessions.isMember(context) && { name: parts.name() }),
      network: parts.network() ?? NO_NETWORK,
      mode: parts.mode,
      protocol: PROTOCOL_VERSION,
      version: VERSION,
    }),
    manifest: ({ params: { content } }, context) => {
      authorize(context);
      const manifest = contents.locate(content).length > 0 ? hashes.manifest(content) : undefined;
      if (!manifest) throw notShared(`content ${content}`);
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(manifest.size));
      const body = Buffer.concat([size, manifest.groups]);
      return {
        status: 200,
        headers: { 'content-type': 'application/octet-stream', 'content-length': body.byteLength },
        body,
      };
    },
    content: ({ params: { content } }, context) => {
      authorize(context);
      const places = contents.locate(content);
      return answerContent(places, places[0] ? baseName(places[0].relative) : content, context, parts);
    },
    file: ({ params }, context) => {
      authorize(context);
      // A folder: nothing is wrong with its path, but it has no bytes.
      if (params['*'].endsWith('/')) throw notShared(params['*']);
      const path = checkIndexPath(params['*'].normalize('NFC'));
      const entry = entries.entry(self, path);
      if (!entry?.content || entry.flag === 0) throw notShared(path);
      return answerContent(contents.locate(entry.content), baseName(path), context, parts, entry.mtime);
    },
    ...linkHandlers(parts),
  };
}

const NO_NETWORK = '0'.repeat(32);

const notShared = (what: string): PeerdexError => new PeerdexError('not-found', `${what} is not shared here`);
