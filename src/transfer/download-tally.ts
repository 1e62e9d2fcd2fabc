/** What all downloads of the process came to since it started. */
export class DownloadTally {
  /** Verified and written, from other peers. */
  bytes = 0;
  leaves = 0;
  /** Verified and written, from files of this machine. */
  copiedBytes = 0;
  /** Leaves that were not what their hash says. */
  badLeaves = 0;
  /** Sources that were banned for such. */
  bans = 0;

  leaf(bytes: number, isCopy: boolean): void {
    if (isCopy) {
      this.copiedBytes += bytes;
      return;
    }
    this.bytes += bytes;
    this.leaves += 1;
  }
}
