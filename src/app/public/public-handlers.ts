import { PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import { baseName, checkIndexPath } from '../../core/index-path.ts';
import type { NetworkMode } from '../../core/join-link.ts';
import type { EntryStore } from '../../core/ports/entry-store.ts';
import type { HashStore } from '../../core/ports/local-contents.ts';
import { serveLog } from '../../index/serve-log.ts';
import type { Handlers } from '../../network/http/handlers.ts';
import { MAX_PAGE_RECORDS, type peerOperations } from '../../protocol/http/peer/operations.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { VERSION } from '../version.ts';
import { toWirePage } from '../wire-page.ts';
import { answerContent, type ContentAnswers } from './content-answer.ts';

export interface PublicParts extends ContentAnswers {
  readonly self: PeerId;
  readonly name: () => string;
  readonly network: () => string | undefined;
  readonly mode: NetworkMode;
  readonly entries: EntryStore;
  readonly hashes: HashStore;
}

/** What a peer answers other peers, curl and browsers over HTTP. */
export function publicHandlers(parts: PublicParts): Handlers<typeof peerOperations> {
  const { self, entries, hashes, contents } = parts;
  return {
    peer: () => ({
      id: self,
      name: parts.name(),
      network: parts.network() ?? NO_NETWORK,
      mode: parts.mode,
      protocol: PROTOCOL_VERSION,
      version: VERSION,
    }),
    log: ({ query }) => {
      const { index, since = 0, limit = MAX_PAGE_RECORDS, floor } = query;
      return toWirePage(serveLog(entries, self, { index, since, limit, floor }, MAX_PAGE_RECORDS));
    },
    manifest: ({ params: { content } }) => {
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
      const places = contents.locate(content);
      return answerContent(places, places[0] ? baseName(places[0].relative) : content, context, parts);
    },
    file: ({ params }, context) => {
      // A folder: nothing is wrong with its path, but it has no bytes.
      if (params['*'].endsWith('/')) throw notShared(params['*']);
      const path = checkIndexPath(params['*'].normalize('NFC'));
      const entry = entries.entry(self, path);
      if (!entry?.content || entry.flag === 0) throw notShared(path);
      return answerContent(contents.locate(entry.content), baseName(path), context, parts, entry.mtime);
    },
  };
}

const NO_NETWORK = '0'.repeat(32);

const notShared = (what: string): PeerdexError => new PeerdexError('not-found', `${what} is not shared here`);
