import { Counter, Gauge, type Registry } from 'prom-client';
import type { Metric, Reading } from './metric.ts';

export function addMetric(registry: Registry, { name, help, kind, label, read }: Metric): void {
  const options = { name, help, labelNames: label === undefined ? [] : [label], registers: [registry] };
  if (kind === 'counter') {
    new Counter({
      ...options,
      async collect() {
        const reading = await read();
        this.reset();
        for (const [labels, value] of samples(label, reading)) this.inc(labels, value);
      },
    });
    return;
  }
  new Gauge({
    ...options,
    async collect() {
      const reading = await read();
      this.reset();
      if (reading === undefined) this.remove();
      for (const [labels, value] of samples(label, reading)) this.set(labels, value);
    },
  });
}

function samples(label: string | undefined, reading: Reading): [Record<string, string>, number][] {
  if (reading === undefined) return [];
  if (typeof reading === 'number') return [[{}, reading]];
  return Object.entries(reading).map(([key, value]) => [{ [label!]: key }, value]);
}
