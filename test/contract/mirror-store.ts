import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeptEntry } from '../../src/core/mirror.ts';
import type { JobStore } from '../../src/core/ports/job-store.ts';
import type { MirrorStore } from '../../src/core/ports/mirror-store.ts';

const kept = (relative: string, change: Partial<KeptEntry> = {}): KeptEntry => ({
  ...{ relative, kind: 'file', size: 5, content: 'ab'.repeat(32), mtime: 1_700_000_000_123_456_789n },
  ...{ executable: true, here: { size: 5, mtime: 1_700_000_000_123_456_700n }, brought: true },
  origin: { owner: 'cd'.repeat(16), path: `share/${relative}`, index: 'ef'.repeat(8) },
  ...change,
});

const folder = (relative: string): KeptEntry =>
  kept(relative, {
    kind: 'folder',
    content: undefined,
    size: 0,
    mtime: 0n,
    brought: false,
    executable: false,
  });

/** What every MirrorStore must do; its jobs are in a JobStore. `reopen`: the same one after an end and a start. */
export function mirrorStoreContract(
  adapter: string,
  open: () => { readonly jobs: JobStore; readonly store: MirrorStore; reopen(): MirrorStore; close(): void },
): void {
  const check = (what: string, body: (store: MirrorStore, reopen: () => MirrorStore) => void) =>
    test(`${adapter} mirror store: ${what}`, () => {
      const { jobs, store, reopen, close } = open();
      try {
        for (const id of ['a', 'b'])
          jobs.create({ id, what: 'w', state: 'queued', root: '/r', overwrite: false, created: 1 }, []);
        body(store, reopen);
      } finally {
        close();
      }
    });

  check('what is kept comes back as it was, by job, in order, a page at a time', (store, reopen) => {
    const all = [folder('d'), kept('d/ö'), kept('d/x', { brought: false }), kept('e')];
    store.keep('a', all.toReversed());
    store.keep('b', [kept('other')]);
    const again = reopen();
    assert.deepEqual(again.kept('a', '', 2), all.toSorted(byPath).slice(0, 2));
    assert.deepEqual(again.kept('a', '', 99), all.toSorted(byPath));
    assert.deepEqual(
      again.kept('a', 'd/x', 99),
      all.toSorted(byPath).filter(({ relative }) => relative > 'd/x'),
    );
    assert.deepEqual(again.kept('none', '', 9), []);
  });

  check('the newest word of a path counts, and what is forgotten is gone', (store, reopen) => {
    store.keep('a', [kept('x'), kept('y'), kept('z')]);
    store.keep('a', [kept('x', { size: 9, brought: false })]);
    store.forget('a', ['y', 'none']);
    store.forget('b', ['z']);
    assert.deepEqual(reopen().kept('a', '', 9), [kept('x', { size: 9, brought: false }), kept('z')]);
  });
}

const byPath = (a: KeptEntry, b: KeptEntry): number => (a.relative < b.relative ? -1 : 1);
