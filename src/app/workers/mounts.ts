/** The folders of a share that are drives of their own, as they were at the last pass and as they are now. */
export class Mounts {
  readonly #before: ReadonlySet<string>;
  readonly #now = new Set<string>();

  constructor(before: readonly string[]) {
    this.#before = new Set(before);
  }

  get none(): boolean {
    return this.#before.size === 0;
  }

  was(folder: string): boolean {
    return this.#before.has(folder);
  }

  /** Those that were at a folder or below it. */
  atOrBelow(folder: string): readonly string[] {
    return [...this.#before].filter((mount) => mount === folder || mount.startsWith(`${folder}/`));
  }

  /** It is there, or what was in it is to be kept. */
  seen(folder: string): void {
    this.#now.add(folder);
  }

  known(): readonly string[] {
    // Below a drive that is away nothing was looked at.
    const hidden = [...this.#before].filter((mount) =>
      [...this.#now].some((above) => this.#before.has(above) && mount.startsWith(`${above}/`)),
    );
    return [...new Set([...this.#now, ...hidden])].sort();
  }
}
