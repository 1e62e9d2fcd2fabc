import type { MemberBook } from '../../core/ports/member-book.ts';
import type { Connection } from './connection.ts';
import { DownloadChannels } from './download-channels.ts';
import { MemberExchange } from './member-exchange.ts';
import { type OpenBatch, type OpenUpload, UploadChannels } from './upload-channels.ts';
import { Usage } from './usage.ts';

export interface HalvesParts {
  readonly openUpload: OpenUpload;
  /** Who serves batches; absent where that is not offered. */
  readonly openBatch?: OpenBatch | undefined;
  readonly members: MemberBook;
}

/** Whoever dialled, both sides of a connection may ask and serve. Returns the asking half. */
export function useBothHalves(
  connection: Connection,
  { openUpload, openBatch, members }: HalvesParts,
): DownloadChannels {
  const usage = new Usage();
  const asking = new DownloadChannels(connection, usage);
  const serving = new UploadChannels(connection, usage, { openUpload, openBatch }, members);
  connection.use(asking, serving, new MemberExchange(connection, members));
  return asking;
}
