import { PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { Refusal } from '../../core/ports/source.ts';
import { SOURCELESS_MS } from '../source-finder.ts';
import type { BatchPlan } from './batch-plan.ts';
import type { BatchSources } from './batch-sources.ts';
import { onlyFrom } from './small-intake.ts';
import type { SmallItem, SmallJob } from './small-job.ts';

/** So many of those that wait without anybody to ask are looked at in one go. */
const MOST_LOOKED_AT = 512;

export type Verdict =
  /** It has to be fetched as if it were large. */
  | { readonly item: SmallItem; readonly verdict: 'alone' }
  | { readonly item: SmallItem; readonly verdict: 'failed'; readonly error: PeerdexError };

export interface HopesOptions extends Pick<SmallJob, 'job' | 'parts' | 'small'> {
  readonly sources: BatchSources<SmallItem>;
}

/** Whether anybody may still give what waits, and why not. */
export class Hopes {
  readonly #options: HopesOptions;
  /** Since when there have been items that nobody holds, and when such a one was last seen; monotonic. */
  #nobodySince = 0;
  #nobodyAt = Number.NEGATIVE_INFINITY;
  /** Who refused what, and why. */
  readonly #refusals = new Map<SmallItem, Map<PeerId, Refusal>>();
  readonly #liars = new Map<PeerId, PeerdexError>();
  #problem: string | undefined;

  constructor(options: HopesOptions) {
    this.#options = options;
  }

  /** Why no source is there, in words for people. */
  get reason(): string {
    return this.#problem ?? 'no active peer holds these files';
  }

  refused(item: SmallItem, peer: PeerId, reason: Refusal): void {
    const known = this.#refusals.get(item) ?? new Map<PeerId, Refusal>();
    this.#refusals.set(item, known.set(peer, reason));
  }

  /** It is believed nothing more. */
  lied(peer: PeerId, error: PeerdexError): void {
    this.#liars.set(peer, error);
  }

  forget(item: SmallItem): void {
    this.#refusals.delete(item);
  }

  /** Finds more holders for what waits and cannot be asked for; what nobody can be asked for any more gets a verdict. */
  look(plan: BatchPlan<SmallItem>): readonly Verdict[] {
    const { sources, parts, small, job } = this.#options;
    const now = parts.clock.monotonic();
    const stuck: SmallItem[] = [];
    const verdicts: Verdict[] = [];
    for (const { item, holders } of plan.lacking()) {
      const standings = [...holders].map((peer) => sources.standingOf(peer));
      if (standings.includes('ready') || standings.includes('connecting')) continue;
      if (standings.length > 0 && standings.every((standing) => standing === 'unable'))
        verdicts.push({ item, verdict: 'alone' });
      else stuck.push(item);
      if (stuck.length >= MOST_LOOKED_AT) break;
    }
    const found = stuck.length === 0 ? [] : small.holdersOfEach(stuck.map(({ content }) => content));
    for (const [i, item] of stuck.entries()) {
      const holders = onlyFrom(found[i]!, job.from).filter((peer) => !this.#liars.has(peer));
      const isBack = plan.found(item, holders, new Set(this.#refusals.get(item)?.keys()));
      if (isBack) this.#nobodyAt = Number.NEGATIVE_INFINITY;
    }
    const areStuck = new Set(stuck);
    for (const { item, holders } of plan.lacking()) {
      if (!areStuck.has(item)) continue;
      sources.want(holders, true);
      const error = this.#hopeless(item, holders, now);
      // Of a false size who has it proves the true one, where it is fetched by itself.
      const isSizeWrong = [...(this.#refusals.get(item)?.values() ?? [])].includes('invalid');
      if (error && isSizeWrong) verdicts.push({ item, verdict: 'alone' });
      else if (error) verdicts.push({ item, verdict: 'failed', error });
    }
    return verdicts;
  }

  #hopeless(item: SmallItem, holders: ReadonlySet<PeerId>, now: number): PeerdexError | undefined {
    const { sources, parts } = this.#options;
    const { nameOf } = parts.sources;
    const refusals = [...(this.#refusals.get(item) ?? [])];
    const liars = [...this.#liars].map(([peer, { message }]) => `${nameOf(peer)}: ${message}`);
    const said = refusals.map(([peer, reason]) => `${nameOf(peer)}: ${REASONS[reason]}`);
    const failing = [...holders].flatMap((peer) => {
      const standing = sources.standingOf(peer);
      return typeof standing === 'object' ? [{ peer, standing }] : [];
    });
    for (const { peer, standing } of failing) said.push(`${nameOf(peer)}: ${standing.error.message}`);
    if (holders.size === 0) said.push(...liars);
    const text = said.length > 0 ? `no source: ${said.slice(0, MOST_SAID).join('; ')}` : NOBODY;
    this.#problem = text;
    const isRefused = holders.size === 0 && (refusals.length > 0 || liars.length > 0);
    const isAway =
      failing.length === holders.size &&
      failing.every(({ standing }) => now - standing.since >= SOURCELESS_MS);
    const isLate = holders.size > 0 || this.#nobodyFor(now) >= SOURCELESS_MS;
    if (!isRefused && !(isAway && isLate)) return undefined;
    const isLie = isRefused && refusals.length === 0;
    return new PeerdexError(isLie ? 'verification' : 'failed', text, {
      retry: true,
      hint: 'what was fetched is kept: resume the job, or run the same command again, when a holder is back',
    });
  }

  /** Milliseconds since the first of the items that nobody holds was met, and nobody who holds any of them came back. */
  #nobodyFor(now: number): number {
    if (now - this.#nobodyAt >= SOURCELESS_MS) this.#nobodySince = now;
    this.#nobodyAt = now;
    return now - this.#nobodySince;
  }
}

const NOBODY = 'no active peer holds this file';
const MOST_SAID = 3;

const REASONS: Readonly<Record<Refusal, string>> = {
  unknown: 'it does not share this file any more',
  changed: 'the file changed since it was hashed',
  unreadable: 'the file cannot be read there',
  busy: 'it serves too many at the moment',
  invalid: 'the file has another size there than its index says',
};
