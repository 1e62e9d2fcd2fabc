import { PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { Refusal } from '../../core/ports/source.ts';
import type { BatchPlan } from './batch-plan.ts';
import type { BatchSources } from './batch-sources.ts';
import type { Hopes } from './hopes.ts';
import type { SmallItem, SmallJob } from './small-job.ts';
import type { Giver } from './small-writer.ts';

export interface BlameOptions extends Pick<SmallJob, 'job' | 'parts' | 'emit'> {
  readonly plan: BatchPlan<SmallItem>;
  readonly sources: BatchSources<SmallItem>;
  readonly hopes: Hopes;
}

/** What follows where a source of one job does not give what it was asked for: of whom that is asked, and who hears of it. */
export class Blame {
  readonly #options: BlameOptions;
  readonly #passed = new Set<PeerId>();

  constructor(options: BlameOptions) {
    this.#options = options;
  }

  /** True when nobody is left who may give it. */
  refused(item: SmallItem, peer: PeerId, reason: Refusal): boolean {
    const { plan, sources, hopes } = this.#options;
    if (reason === 'busy') {
      // It is asked again in a while, when all of what it refuses now was heard.
      const busy = new PeerdexError('unavailable', 'it serves too many at the moment', { retry: true });
      queueMicrotask(() => sources.drop(peer, busy));
      return false;
    }
    hopes.refused(item, peer, reason);
    return plan.refused(item, peer);
  }

  /** It sent other bytes: it is asked for nothing more by this job. */
  lied(item: SmallItem, { peer, batch }: Giver): void {
    const { parts, plan, sources, hopes } = this.#options;
    const error = new PeerdexError('verification', 'it sent bytes that are not what their hash says');
    batch.complain(item);
    parts.tally.badLeaves += 1;
    hopes.lied(peer, error);
    plan.refused(item, peer);
    sources.drop(peer, error);
    parts.bans.badLeaf(peer, item.content);
  }

  /** It could not be reached, or was lost: told once a source. */
  passedOver(peer: PeerId, error: PeerdexError): void {
    if (this.#passed.has(peer)) return;
    this.#passed.add(peer);
    const { job, emit, parts } = this.#options;
    const name = parts.sources.nameOf(peer);
    parts.log.warn(`passed over ${name}: ${error.message}`, { event: 'source-passed-over', peer });
    emit({ event: 'passed-over', job: job.id, peer, name, reason: error.message });
  }
}
