import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryTransfers } from '../../../test/support/memory-transfers.ts';
import { type SampleContent, sampleContent } from '../../../test/support/sample-content.ts';
import { settle } from '../../../test/support/settle.ts';
import type { ContentFiles } from '../../core/ports/content-file.ts';
import type { WantedItem } from '../../core/wanted.ts';
import type { GetEvent } from '../../protocol/http/local/get-events.ts';
import { MemoryJobStore } from '../../storage/memory/job-store.ts';
import { JobService } from '../../transfer/job-service.ts';
import { get } from './get.ts';

const A = sampleContent(10, 1);
const B = sampleContent(20, 2);
const C = sampleContent(30, 3);
const TREE = [file('t/readme', A), file('t/README', B), file('t/other', C)];

describe('a folder with names that differ in case', () => {
  it('arrives without them where they would be one, each listed with the reason', async () => {
    const { world, events } = await fetchTree(true);
    assert.deepEqual(
      events.flatMap((event) => (event.event === 'failed' ? [[event.path, event.code, event.reason]] : [])),
      [
        ['/to/t/readme', 'conflict', 't/readme and t/README would be one name on that disk'],
        ['/to/t/README', 'conflict', 't/README and t/readme would be one name on that disk'],
      ],
    );
    assert.deepEqual([...world.partials.files.keys()], ['/to/t/other']);
  });

  it('arrives whole where they are two names', async () => {
    const { world, events } = await fetchTree(false);
    assert.equal(events.filter(({ event }) => event === 'failed').length, 0);
    assert.deepEqual([...world.partials.files.keys()].sort(), [
      '/to/t/README',
      '/to/t/other',
      '/to/t/readme',
    ]);
  });
});

async function fetchTree(foldsCase: boolean) {
  const world = new MemoryTransfers();
  for (const content of [A, B, C]) world.hold(content);
  const parts = world.parts();
  const jobs = new JobService({ store: new MemoryJobStore(), parts, lanes: 4 });
  jobs.start();
  const destinations = { ...parts.destinations, foldsCase: async () => foldsCase };
  const request = { what: ['t'], output: '/to', outputIsFolder: true, overwrite: true };
  const running = get(
    request,
    {
      jobs,
      contents: parts.contents,
      files: {} as ContentFiles, // what is held already is looked at for single files only
      destinations,
      downloads: () => '/downloads',
      data: '/data',
      resolve: async (what) => [{ what, kind: 'tree', items: TREE }],
      split: async (what) => [what],
      resolvePeer: (text) => text,
    },
    new AbortController().signal,
  );
  const events: GetEvent[] = [];
  const ended = (async () => {
    for await (const told of running) events.push(...[told].flat());
  })();
  let isOver = false;
  void ended.finally(() => {
    isOver = true;
  });
  for (let i = 0; i < 400 && !isOver; i += 1) await settle();
  await ended;
  await jobs.stop();
  return { world, events };
}

function file(relative: string, { id, size }: SampleContent): WantedItem {
  return { relative, kind: 'file', size, content: id };
}
