import type { ContentId } from '../core/ids.ts';
import type { SwarmPolicy } from './swarm/policies.ts';

/** Neighbouring leaves that one reader waits for, in their order. */
export interface UrgentSpan {
  /** From here on it waits for these: `end` is the first leaf behind them. Downloads of the content are told. */
  move(first: number, end: number): void;
  /** It waits for nothing any more. */
  release(): void;
}

interface Span {
  first: number;
  end: number;
}

/** What somebody waits for of each content: every download of it asks for these leaves before all others. */
export class UrgentLeaves {
  readonly #spans = new Map<ContentId, Set<Span>>();
  readonly #listeners = new Map<ContentId, Set<() => void>>();

  want(content: ContentId): UrgentSpan {
    const span: Span = { first: 0, end: 0 };
    const spans = this.#spans.get(content) ?? new Set();
    this.#spans.set(content, spans.add(span));
    return {
      move: (first, end) => {
        if (first === span.first && end === span.end) return;
        span.first = first;
        span.end = end;
        for (const listener of this.#listeners.get(content) ?? []) listener();
      },
      release: () => {
        spans.delete(span);
        if (spans.size === 0 && this.#spans.get(content) === spans) this.#spans.delete(content);
      },
    };
  }

  /** Calls back when other leaves of the content are waited for. Returns what ends it. */
  listen(content: ContentId, listener: () => void): () => void {
    const listeners = this.#listeners.get(content) ?? new Set();
    this.#listeners.set(content, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(content) === listeners) this.#listeners.delete(content);
    };
  }

  /** What is waited for first, in the order of the content; then what `otherwise` says. */
  first(content: ContentId, otherwise: SwarmPolicy): SwarmPolicy {
    return (choice, random) => {
      const { offered, taken } = choice;
      for (const { first, end } of this.#spans.get(content) ?? []) {
        for (let leaf = first; leaf < end && leaf < offered.length; leaf += 1)
          if (offered.has(leaf) && !taken.has(leaf)) return leaf;
      }
      return otherwise(choice, random);
    };
  }
}

/** A download that fetches nothing but what is waited for. */
export const nothingElse: SwarmPolicy = () => -1;
