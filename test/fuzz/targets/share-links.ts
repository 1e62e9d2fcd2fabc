import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AnswerSlots } from '../../../src/app/public/answer-slots.ts';
import { linkHandlers } from '../../../src/app/public/link-answer.ts';
import { ShareLinks } from '../../../src/app/public/share-links.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { LogRecord } from '../../../src/core/entry.ts';
import { MemoryBudget } from '../../../src/core/memory-budget.ts';
import { RateLimiter } from '../../../src/core/rate-limiter.ts';
import { RateMeter } from '../../../src/core/rate-meter.ts';
import { systemVerifier } from '../../../src/storage/disk/ecdsa.ts';
import { MemoryEntryStore } from '../../../src/storage/memory/entry-store.ts';
import { MemoryLinkStore } from '../../../src/storage/memory/link-store.ts';
import { mutatedText } from '../mutate.ts';
import { requestContext } from '../request-context.ts';
import { target } from '../target.ts';

const SELF = '11'.repeat(16);
const INSIDE = ['share/open', 'share/open/a.txt', 'share/open/Übung', 'share/open/Übung/b & c.html'];
const OUTSIDE = ['share', 'share/open2', 'share/open2/SECRET', 'share/SECRET', 'other', 'other/SECRET'];
const ANSWERS = [200, 302, 403, 404];

/** What follows a folder's token in a URL: nothing that lies beside the folder is given, listed or named. */
export const linkPaths = target<string>(
  { name: 'link-paths', parses: ['app/public/link-answer.ts', 'app/public/link-listing.ts'] },
  () => {
    const [entries, contents] = files();
    const links = new ShareLinks({
      store: new MemoryLinkStore(),
      key: new Uint8Array(32),
      verifier: systemVerifier,
      clock: systemClock,
    });
    const handlers = linkHandlers({
      self: SELF,
      entries,
      links,
      mayPublish: () => true,
      contents: {
        locate: (content) => [
          { content, root: '/', relative: contents.get(content)!, size: 6, mtime: 0n, device: 0n, inode: 0n },
        ],
        recordWritten() {},
        suspect() {},
      },
      files: {
        open: async ({ relative }) => ({
          size: 6,
          read: async ([into]) =>
            void Buffer.from(into!.buffer, into!.byteOffset, into!.byteLength).write(relative.slice(-6)),
          close: async () => {},
        }),
      },
      limiter: new RateLimiter(systemClock),
      meter: new RateMeter(systemClock),
      slots: new AnswerSlots(new MemoryBudget(2 ** 20)),
    });
    const token = links.tokenOf(
      links.make({ kind: 'folder', what: 'share/open', path: 'share/open', size: undefined }, 1e6),
    );
    const check = async (below: string): Promise<boolean> => {
      const { context, end } = requestContext({
        accept: below.length % 2 === 0 ? 'application/json' : 'text/html',
      });
      const answer = await handlers.linkBelow(
        { params: { token, '*': below }, query: undefined, body: undefined },
        context,
      );
      assert.ok(ANSWERS.includes(answer.status), String(answer.status));
      const { location } = answer.headers;
      if (location !== undefined) assert.match(String(location), /^[\w%.!'()*~-]+\/$/);
      const body =
        answer.body instanceof Readable ? await buffer(answer.body) : Buffer.from(answer.body ?? '');
      if (answer.body instanceof Readable && !answer.body.closed) await once(answer.body, 'close');
      end();
      if (answer.status === 200)
        assert.doesNotMatch(`${body}${JSON.stringify(answer.headers)}`, /SECRET|open2/);
      return answer.status === 200;
    };
    const samples = INSIDE.map((path) => path.slice('share/open/'.length)).flatMap((path) => [
      path,
      `${path}/`,
    ]);
    const words = ['../', '/../open2/SECRET', '../../share/SECRET', '//', './', 'SECRET', 'U\u0308'];
    return { inputs: mutatedText(samples, words), check };
  },
);

function files(): [MemoryEntryStore, Map<string, string>] {
  const store = new MemoryEntryStore();
  const contents = new Map<string, string>();
  store.addOwner(SELF, { index: '0'.repeat(16), seq: 0, floor: 0, snapshot: undefined }, 0);
  const records = [...INSIDE, ...OUTSIDE].map((path, i): LogRecord => {
    const kind = /\.|SECRET/.test(path) ? 'file' : 'folder';
    const content = kind === 'file' ? i.toString(16).padStart(64, '0') : undefined;
    if (content) contents.set(content, path);
    return { seq: i + 1, path, kind, size: 6, mtime: 0n, executable: false, content, flag: 1 };
  });
  store.put(SELF, records, 0);
  return [store, contents];
}
