import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the young generation of every heap of this process at a few MiB; V8 would let it grow to 50 MiB a thread while a first scan
 * writes its rows, and never give that back. Buffers of transfers lie outside. To be called once, before the work begins.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--max-semi-space-size=2');
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=100');
}
