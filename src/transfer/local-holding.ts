import type { Bitfield } from '../core/bitfield.ts';
import { PeerdexError } from '../core/errors.ts';
import type { ContentId } from '../core/ids.ts';
import { leafOffset } from '../core/leaf-layout.ts';
import type { Manifest } from '../core/manifest.ts';
import type { ContentFiles, OpenContent } from '../core/ports/content-file.ts';
import type { Holding, HoldingListener } from '../core/ports/holding.ts';
import type { HashStore, LocalContents, LocalFile } from '../core/ports/local-contents.ts';
import type { UnderWay } from './under-way.ts';

export interface LocalHoldingOptions {
  readonly content: ContentId;
  readonly contents: LocalContents;
  readonly hashes: HashStore;
  readonly files: ContentFiles;
  /** Where the content lies whole. */
  readonly places: readonly LocalFile[];
  readonly underWay: UnderWay | undefined;
  readonly listener: HoldingListener;
}

/** One content as it is served: from the first file that has it, else from a partial, and from the file that comes of that. */
export class LocalHolding implements Holding {
  readonly #options: LocalHoldingOptions;
  #places: LocalFile[];
  #underWay: UnderWay | undefined;
  #forget: () => void = () => {};
  #open: { readonly place: LocalFile; readonly file: Promise<OpenContent> } | undefined;
  #closed = false;
  #manifest: Manifest | undefined;

  constructor(options: LocalHoldingOptions) {
    this.#options = options;
    this.#places = [...options.places];
    this.#underWay = options.underWay;
    this.#forget =
      this.#underWay?.listen({
        ready: () => options.listener.ready(),
        got: (leaf) => options.listener.got(leaf),
        ended: () => this.#underWayEnded(),
      }) ?? this.#forget;
  }

  get manifest(): Manifest | undefined {
    if (this.#places.length === 0 && this.#underWay) return this.#underWay.manifest;
    this.#manifest ??= this.#options.hashes.manifest(this.#options.content);
    return this.#manifest;
  }

  get size(): number {
    return this.manifest?.size ?? this.#underWay?.partial.size ?? 0;
  }

  get have(): Bitfield | 'whole' {
    return this.#places.length > 0 || !this.#underWay ? 'whole' : this.#underWay.partial.have;
  }

  async read(firstLeaf: number, buffers: readonly Uint8Array[]): Promise<void> {
    let problem: unknown;
    for (;;) {
      const place = this.#places[0];
      const underWay = this.#underWay;
      try {
        if (place) return await this.#readFile(place, firstLeaf, buffers);
        if (underWay) return await underWay.read(firstLeaf, buffers);
      } catch (error) {
        problem = error;
        if (place) await this.#giveUp(place);
        else if (underWay?.isClosing) await underWay.ended;
        else throw error;
        continue;
      }
      throw problem ?? gone();
    }
  }

  suspect(): void {
    if (this.#open) this.#options.contents.suspect(this.#open.place);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#forget();
    await this.#closeFile();
  }

  /** Several reads at a time share the file. */
  async #readFile(place: LocalFile, firstLeaf: number, buffers: readonly Uint8Array[]): Promise<void> {
    this.#open ??= { place, file: this.#options.files.open(place) };
    const file = await this.#open.file;
    if (this.#closed) return this.#closeFile();
    await file.read(buffers, leafOffset(firstLeaf));
  }

  async #giveUp(place: LocalFile): Promise<void> {
    if (this.#places[0] !== place) return;
    this.#places.shift();
    await this.#closeFile();
    this.#options.contents.suspect(place);
  }

  /** What it became is served from here on. */
  #underWayEnded(): void {
    this.#forget();
    this.#underWay = undefined;
    if (this.#closed || this.#places.length > 0) return;
    this.#places = [...this.#options.contents.locate(this.#options.content)];
    if (this.#places.length === 0) this.#options.listener.ended();
  }

  async #closeFile(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.file.then((file) => file.close()).catch(() => {});
  }
}

const gone = (): PeerdexError => new PeerdexError('not-found', 'nothing of it is here any more');
