import { PeerdexError } from '../../src/core/errors.ts';
import type { ContentId, PeerId } from '../../src/core/ids.ts';
import { LeafBuffers } from '../../src/core/leaf-buffers.ts';
import { MemoryBudget } from '../../src/core/memory-budget.ts';
import type { ContentFiles } from '../../src/core/ports/content-file.ts';
import type { DestinationFiles } from '../../src/core/ports/destination-files.ts';
import type { LocalContents, LocalFile } from '../../src/core/ports/local-contents.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import type { PartialStore } from '../../src/core/ports/partial.ts';
import type { SourceLink } from '../../src/core/ports/source.ts';
import { seededRandom } from '../../src/core/random.ts';
import { MemoryHashStore } from '../../src/storage/memory/hash-store.ts';
import { MemoryPartialStore } from '../../src/storage/memory/partial-store.ts';
import { ContentSwarms } from '../../src/transfer/content-swarms.ts';
import { DownloadTally } from '../../src/transfer/download-tally.ts';
import type { ItemParts } from '../../src/transfer/fetch-item.ts';
import { Lingering } from '../../src/transfer/lingering.ts';
import { LinkWindows } from '../../src/transfer/link-window.ts';
import { LocalHoldings } from '../../src/transfer/local-holdings.ts';
import { SourceBans } from '../../src/transfer/source-bans.ts';
import { SwarmMembers } from '../../src/transfer/swarm-members.ts';
import { UrgentLeaves } from '../../src/transfer/urgent-leaves.ts';
import { ManualClock } from './manual-clock.ts';
import type { SampleContent } from './sample-content.ts';
import { ScriptedSource } from './scripted-source.ts';
import { settle } from './settle.ts';

/** All that transfers need, in memory: other peers are scripted, time goes when told. */
export class MemoryTransfers {
  readonly clock = new ManualClock();
  readonly budget = new MemoryBudget(64 * 2 ** 20);
  readonly partials: MemoryPartialStore;
  /** Every channel that was opened to another peer, oldest first. */
  readonly opened: ScriptedSource[] = [];
  readonly written: (LocalFile & { readonly executable: boolean })[] = [];
  /** Whether sources give by themselves what they are asked for. */
  generous = true;
  /** Partials that were opened and not closed. Closing takes a while, as it does on a disk. */
  openPartials = 0;
  readonly #contents = new Map<ContentId, SampleContent>();
  readonly #holders = new Map<ContentId, Set<number>>();

  constructor(capacity?: number) {
    this.partials = new MemoryPartialStore(capacity);
  }

  /** Lets a peer hold a content. */
  hold(content: SampleContent, peer = 1): void {
    this.#contents.set(content.id, content);
    const holders = this.#holders.get(content.id) ?? new Set();
    this.#holders.set(content.id, holders.add(peer));
  }

  /** Of another peer it is still thought to be a holder, but it refuses. */
  withdraw(content: SampleContent): void {
    this.#contents.delete(content.id);
  }

  parts(): ItemParts {
    const contents: LocalContents = {
      locate: (content) => this.written.filter((file) => file.content === content),
      recordWritten: (file) => this.written.push(file),
      suspect() {},
    };
    const hashes = new MemoryHashStore(this.clock);
    const swarm = { self: SELF, clock: this.clock, random: seededRandom(1), log: silentLog };
    const swarms = { active: () => [], seek: async () => {} };
    const members = new SwarmMembers({ ...swarm, addressesOf: () => [] });
    return {
      self: SELF,
      sources: {
        holders: (content) => [...(this.#holders.get(content) ?? [])].map(peerId),
        nameOf: (peer) => `peer-${Number.parseInt(peer, 16)}`,
        connect: async (peer) => this.#linkTo(peer),
      },
      tally: new DownloadTally(),
      bans: new SourceBans({ clock: this.clock, onBan: () => {} }),
      swarms,
      members,
      holdings: new LocalHoldings({ contents, hashes, files: NO_FILES }),
      lingering: new Lingering({ ...swarm, swarms, members, lingerMs: 0 }),
      contents,
      hashes,
      partials: this.#watchedPartials(),
      local: this.#local(),
      destinations: this.#destinations(),
      budget: this.budget,
      buffers: new LeafBuffers(8),
      contentSwarms: new ContentSwarms(swarm),
      urgent: new UrgentLeaves(),
      windows: new LinkWindows(this.clock),
      clock: this.clock,
      random: seededRandom(1),
      log: silentLog,
    };
  }

  /** The bytes below a folder, or undefined. */
  file(path: string): Uint8Array | null | undefined {
    return this.partials.files.get(path);
  }

  #watchedPartials(): PartialStore {
    const { partials } = this;
    return {
      checkSpace: (root, bytes) => partials.checkSpace(root, bytes),
      kept: () => partials.kept(),
      leaves: (content) => partials.leaves(content),
      discard: (content) => partials.discard(content),
      open: async (content, size, destination) => {
        const partial = await partials.open(content, size, destination);
        const close = partial.close.bind(partial);
        this.openPartials += 1;
        partial.close = async () => {
          await settle();
          await close();
          this.openPartials -= 1;
        };
        return partial;
      },
    };
  }

  #linkTo(peer: PeerId): SourceLink {
    return {
      peer,
      open: (content, listener) => {
        const known = this.#contents.get(content);
        if (!known) {
          queueMicrotask(() => listener.refused(undefined, 'unknown'));
          return SILENT;
        }
        const source = new ScriptedSource(Number.parseInt(peer, 16), known, { generous: this.generous });
        this.opened.push(source);
        return source.open(content, listener);
      },
    };
  }

  #local(): SourceLink {
    return {
      peer: SELF,
      open: (content, listener) =>
        new ScriptedSource(0, this.#contents.get(content)!, { generous: true }).open(content, listener),
    };
  }

  #destinations(): DestinationFiles {
    const at = ({ root, relative }: { root: string; relative: string }) =>
      this.partials.files.get(`${root}/${relative}`);
    return {
      look: async (destination) => {
        const bytes = at(destination);
        if (bytes === undefined) return { kind: 'nothing', size: 0, mtime: 0n };
        return { kind: bytes ? 'file' : 'folder', size: bytes?.byteLength ?? 0, mtime: 0n };
      },
      fileOf: async (destination, size) => {
        const bytes = at(destination);
        const content = [...this.#contents.values()].find(
          (one) => bytes && Buffer.compare(one.bytes, bytes) === 0,
        )?.id;
        if (!content) return undefined;
        return { content, ...destination, size, mtime: 0n, device: 0n, inode: 0n, executable: false };
      },
      oldFile: async () => undefined,
      makeRoot: async () => {},
      rootOf: async () => ({ device: 1n, inode: 1n }),
      foldsCase: async () => false,
      makeFolder: async ({ root, relative }) => void this.partials.files.set(`${root}/${relative}`, null),
    };
  }
}

const peerId = (n: number): PeerId => n.toString(16).padStart(32, '0');

const SELF = 'ff'.repeat(16);

/** Nobody asks these for anything. */
const NO_FILES: ContentFiles = {
  open: () => Promise.reject(new PeerdexError('not-found', 'no file')),
};

const SILENT = {
  requestManifest() {},
  requestLeaves() {},
  request() {},
  cancel() {},
  complain() {},
  has() {},
  got() {},
  claim() {},
  unclaim() {},
  close() {},
};
