import type { Clock } from '../core/clock.ts';
import type { ContentId } from '../core/ids.ts';
import type { Manifest } from '../core/manifest.ts';
import type { SourceLink, SourceListener } from '../core/ports/source.ts';
import type { LeafHashes } from './leaf-hashes.ts';
import { type HashProblem, SourceHashes } from './source-hashes.ts';

/** Groups whose leaf hashes are asked for at a time: 2 KiB each. */
const AT_A_TIME = 32;

export interface HashesWanted {
  readonly content: ContentId;
  /** As is expected. */
  readonly size: number;
  /** Where verified hashes go. */
  readonly hashes: LeafHashes;
  /** The groups whose leaf hashes are wanted, once the manifest is known. */
  readonly groups: (manifest: Manifest) => readonly number[];
}

/**
 * Asks one source for a content's manifest and leaf hashes, and for none of its bytes. False where the source refuses, gives wrong ones, goes
 * away, or says nothing for `silenceMs`. Rejects with the signal's reason.
 */
export function askHashes(
  link: SourceLink,
  { content, size, hashes, groups }: HashesWanted,
  clock: Clock,
  silenceMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let cancel = () => {};
    let wanted: number[] | undefined;
    const end = (settle: () => void) => {
      cancel();
      signal.removeEventListener('abort', onAbort);
      channel.close();
      settle();
    };
    const onAbort = () => end(() => reject(signal.reason));
    const no = () => end(() => resolve(false));
    const heard = (problem: HashProblem | undefined) => {
      cancel();
      if (problem || asked.claimsAnother) return no();
      cancel = clock.after(silenceMs, no);
      const { manifest } = hashes;
      if (!manifest) return;
      wanted ??= [...groups(manifest)];
      wanted = wanted.filter((group) => !hashes.knowsGroup(group));
      if (wanted.length === 0) return end(() => resolve(true));
      for (const group of wanted.slice(0, AT_A_TIME)) asked.askForGroup(group);
    };
    const listener: SourceListener = {
      holding: (told) => heard(asked.sized(told)),
      manifest: (page, bytes) => heard(asked.manifest(page, bytes)),
      leaves: (group, bytes) => heard(asked.leaves(group, bytes)),
      refused: no,
      closed: no,
      data: () => false,
      bitfield() {},
      have() {},
      instead() {},
    };
    const channel = link.open(content, listener);
    const asked = new SourceHashes(channel, hashes, size);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();
    heard(undefined);
  });
}
