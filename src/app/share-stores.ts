import type { ScanMemory } from '../core/ports/scan-memory.ts';
import type { VerifyStore } from '../core/ports/verify-store.ts';
import type { ScanStores } from '../index/apply-scan.ts';

/** What the shares remember. */
export interface ShareStores extends ScanStores {
  readonly memory: ScanMemory;
  readonly verified: VerifyStore;
}
