import { Bitfield } from '../../core/bitfield.ts';
import { PeerdexError } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import { bytesOf, LEAF_BYTES, leafCount, leafOffset } from '../../core/leaf-layout.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import type { Destination, Partial, PartialStore } from '../../core/ports/partial.ts';

/** Partials and the files that come of them, in memory. */
export class MemoryPartialStore implements PartialStore {
  /** By absolute path; null is a folder. */
  readonly files = new Map<string, Uint8Array | null>();
  readonly #capacity: number;
  readonly #partials = new Map<ContentId, MemoryPartial>();

  /** `capacity`: bytes that files and partials may take together. */
  constructor(capacity = Number.POSITIVE_INFINITY) {
    this.#capacity = capacity;
  }

  async checkSpace(_root: string, bytes: number): Promise<void> {
    this.#mustFit(bytes);
  }

  async kept(): Promise<ReadonlyMap<ContentId, number>> {
    const partials = [...this.#partials].filter(([, partial]) => partial.bytes > 0);
    return new Map(partials.map(([content, partial]) => [content, partial.bytes]));
  }

  async leaves(content: ContentId): Promise<Bitfield | undefined> {
    return this.#partials.get(content)?.have.clone();
  }

  async open(content: ContentId, size: number, destination: Destination): Promise<Partial> {
    const known = this.#partials.get(content);
    const goesOn = known?.size === size && known.path === pathOf(destination);
    this.#mustFit(goesOn ? size - known.bytes : size);
    if (known && !goesOn) await known.discard();
    const partial = new MemoryPartial(content, size, destination, {
      files: this.files,
      have: goesOn ? known.have : new Bitfield(leafCount(size)),
      data: goesOn ? known.data : new Uint8Array(size),
      mustFit: (bytes) => this.#mustFit(bytes, partial),
      forget: () => {
        if (this.#partials.get(content) === partial) this.#partials.delete(content);
      },
    });
    this.#partials.set(content, partial);
    return partial;
  }

  async discard(content: ContentId): Promise<void> {
    await this.#partials.get(content)?.discard();
  }

  /** `writing`: who asks for bytes that were promised to it. */
  #mustFit(bytes: number, writing?: MemoryPartial): void {
    const files = [...this.files.values()].reduce((sum, file) => sum + (file?.byteLength ?? 0), 0);
    const partials = [...this.#partials.values()].reduce(
      (sum, one) => sum + (one.isOpen && one !== writing ? one.size : one.bytes),
      0,
    );
    if (bytes === 0 || files + partials + bytes <= this.#capacity) return;
    throw new PeerdexError('no-space', `not enough space: ${bytes} bytes are needed`, { retry: true });
  }
}

interface MemoryParts {
  readonly files: Map<string, Uint8Array | null>;
  readonly have: Bitfield;
  readonly data: Uint8Array;
  readonly mustFit: (bytes: number) => void;
  readonly forget: () => void;
}

class MemoryPartial implements Partial {
  readonly content: ContentId;
  readonly size: number;
  readonly path: string;
  readonly doubtful: readonly number[] = [];
  isOpen = true;
  readonly #destination: Destination;
  readonly #parts: MemoryParts;

  constructor(content: ContentId, size: number, destination: Destination, parts: MemoryParts) {
    this.content = content;
    this.size = size;
    this.path = pathOf(destination);
    this.#destination = destination;
    this.#parts = parts;
  }

  get have(): Bitfield {
    return this.#parts.have;
  }

  get data(): Uint8Array {
    return this.#parts.data;
  }

  /** Bytes that are written. */
  get bytes(): number {
    return bytesOf(this.size, this.have);
  }

  async write(leaf: number, bytes: Uint8Array): Promise<void> {
    this.#parts.mustFit(bytes.byteLength);
    this.data.set(bytes, leafOffset(leaf));
    this.have.add(leaf);
  }

  async read(leaf: number, buffer: Uint8Array): Promise<void> {
    buffer.set(this.data.subarray(leafOffset(leaf), leafOffset(leaf) + buffer.byteLength));
  }

  async confirm(leaf: number): Promise<void> {
    this.have.add(leaf);
  }

  async close(): Promise<void> {
    this.isOpen = false;
    if (this.size <= LEAF_BYTES) this.#parts.forget();
  }

  async finish(overwrite: boolean): Promise<LocalFile> {
    if (!this.have.isFull) throw new PeerdexError('failed', `${this.path} is not whole yet`);
    const standing = this.#parts.files.get(this.path);
    if (standing === null) throw new PeerdexError('conflict', `a folder stands at ${this.path}`);
    if (standing && !overwrite) throw new PeerdexError('conflict', `a different file stands at ${this.path}`);
    this.#parts.files.set(this.path, this.data);
    await this.discard();
    const { root, relative } = this.#destination;
    return { content: this.content, root, relative, size: this.size, mtime: 0n, device: 0n, inode: 0n };
  }

  async discard(): Promise<void> {
    this.isOpen = false;
    this.#parts.forget();
  }
}

const pathOf = ({ root, relative }: Destination): string => `${root}/${relative}`;
