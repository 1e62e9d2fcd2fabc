/** How long the events of a command are waited for. */
export const EVENT_PATIENCE = {
  /** Until the first: the first index pull may still run. */
  timeoutMs: 60_000,
  /** The daemon says `alive` every second; this long a silence means that it is gone, with time left to say so within 5 s. */
  idleMs: 4000,
} as const;
