import type { Address } from '../../core/address.ts';
import type { PeerId } from '../../core/ids.ts';
import type { ContentFiles } from '../../core/ports/content-file.ts';
import type { EntryStore } from '../../core/ports/entry-store.ts';
import type { Log } from '../../core/ports/log.ts';
import type { PeerDirectory } from '../../core/ports/peer-directory.ts';
import type { Role } from '../../core/trust/role.ts';
import type { NetworkView } from '../../index/network-view.ts';
import type { IndexQueries } from '../../index/queries.ts';
import type { MirrorSource } from '../../transfer/mirror/mirror-parts.ts';
import type { CsvExport } from '../csv-export.ts';
import type { LiveFind } from '../live-find.ts';
import type { Membership } from '../membership.ts';
import type { Transfer } from '../peer-transfer.ts';
import type { LinkBase } from '../public/link-urls.ts';
import type { ShareLinks } from '../public/share-links.ts';
import type { ShareService } from '../shares.ts';

/** What the local API works on. */
export interface LocalParts {
  readonly self: PeerId;
  readonly name: () => string;
  /** As others are told, best first. */
  readonly addresses: () => readonly Address[];
  /** Milliseconds since 1970. */
  readonly started: number;
  /** Absolute. */
  readonly data: string;
  /** Absolute. */
  readonly downloads: string;
  readonly membership: Membership;
  readonly liveFind: LiveFind;
  /** As its ticket says; undefined before it has one. */
  readonly role: () => Role | undefined;
  /** False for a member that may only fetch. */
  readonly mayPublish: () => boolean;
  readonly directory: PeerDirectory;
  readonly shares: ShareService;
  readonly entries: EntryStore;
  readonly queries: IndexQueries;
  readonly view: NetworkView;
  readonly csv: CsvExport;
  readonly files: ContentFiles;
  readonly transfer: Transfer;
  readonly mirrorSource: MirrorSource;
  readonly links: ShareLinks;
  /** Where links are served, best first. */
  readonly linkBases: () => readonly LinkBase[];
  /** Of this peer's public key; see publicKeyPin. */
  readonly pin: string;
  /** Why indexes of other peers are not followed. Sentences. */
  readonly indexWarnings: () => readonly string[];
  /** Peers whose indexes are on their way. */
  readonly indexComing: () => number;
  /** Resolves when every active peer has been asked for its index once, or after a while. */
  readonly firstPull: Promise<void>;
  /** Keeps a link for the next start. */
  readonly rememberLink: (link: string) => void;
  /** Calls back when the entries of this peer or of another one have changed. Returns what ends it. */
  readonly onIndexChange: (listener: () => void) => () => void;
  readonly log: Log;
  /** Ends the daemon after the answer is out. */
  readonly end: () => void;
}
