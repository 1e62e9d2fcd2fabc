/**
 * One metric, read when somebody looks and at no other time. `read` gives its value, or with a `label` one for each of a small, fixed
 * set of label values; undefined where there is none now.
 */
export interface Metric {
  /** By the convention of Prometheus: unit last, `_total` for what only grows. */
  readonly name: string;
  readonly help: string;
  readonly kind: 'gauge' | 'counter';
  readonly label?: string;
  read(): Reading | Promise<Reading>;
}

export type Reading = number | Readonly<Record<string, number>> | undefined;
