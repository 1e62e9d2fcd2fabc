/** Handshakes under way, by the place (address and port) that they come from. One address may have half of them. */
export class Handshakes {
  readonly #most: number;
  readonly #mostOfOne: number;
  readonly #addresses = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
    this.#mostOfOne = Math.ceil(most / 2);
  }

  /** False when there are too many already. */
  begin(place: string, address: string): boolean {
    const count = this.#counts.get(address) ?? 0;
    if (this.#addresses.size >= this.#most || count >= this.#mostOfOne) return false;
    this.#addresses.set(place, address);
    this.#counts.set(address, count + 1);
    return true;
  }

  /** May be called more than once. */
  end(place: string): void {
    const address = this.#addresses.get(place);
    if (address === undefined) return;
    this.#addresses.delete(place);
    const left = this.#counts.get(address)! - 1;
    if (left === 0) this.#counts.delete(address);
    else this.#counts.set(address, left);
  }
}
