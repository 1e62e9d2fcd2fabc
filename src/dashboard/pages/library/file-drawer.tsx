import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../../api/client.ts';
import { INDEX_KEY } from '../../api/live.ts';
import { formatSize, percentOf } from '../../format/amounts.ts';
import { formatTime } from '../../format/times.ts';
import { Button } from '../../parts/button.tsx';
import { Drawer } from '../../parts/drawer.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Progress } from '../../parts/progress.tsx';
import { ErrorNote, Skeleton } from '../../parts/states.tsx';
import { routeTo } from '../../shell/route.ts';
import { sayError, sayGood } from '../../shell/toasts.tsx';
import { FilePreview } from './file-preview.tsx';
import { getFiles } from './get-files.ts';
import { restOf } from './library-route.ts';
import { baseName, type LibraryRow, parentOf, referenceOf } from './library-row.ts';
import type { Standing } from './use-standing.ts';

interface FileDrawerProps {
  readonly content: string;
  /** The row that was opened, where it is still shown. */
  readonly row: LibraryRow | undefined;
  readonly standing: Standing | undefined;
  readonly onClose: () => void;
}

/** One content: a look at it, who holds it and where, its id. */
export function FileDrawer({ content, row, standing, onClose }: FileDrawerProps): ReactNode {
  const { data, error } = useQuery({
    queryKey: [INDEX_KEY, 'holders', content],
    queryFn: ({ signal }) => api.holders({ params: { content } }, { signal }),
  });
  const first = data?.holders[0];
  const name = row?.name ?? (first ? baseName(first.path) : 'File');
  const what = row?.what ?? content;
  return (
    <Drawer title={name} onClose={onClose}>
      {error && <ErrorNote error={error} />}
      {!data && !error && <Skeleton rows={4} />}
      {data && (
        <>
          <div className="file-actions">
            {standing?.is === 'here' && (
              <span className="library-here">
                <Icon name="check" /> Here already
              </span>
            )}
            {!standing && (
              <Button label="Get" icon="down" kind="main" onPress={() => void getFiles([what])} />
            )}
            {standing?.is === 'coming' && (
              <a className="button" href={routeTo('transfers', standing.job)}>
                Show the transfer
              </a>
            )}
            <FilePreview key={content} content={content} name={name} size={data.size} />
          </div>
          {standing?.is === 'coming' && (
            <Progress percent={percentOf(standing.bytes, standing.size)} label={`Progress of ${name}`} />
          )}
          <dl className="facts">
            <dt>Size</dt>
            <dd>{formatSize(data.size)}</dd>
            {first && (
              <>
                <dt>Modified</dt>
                <dd>{formatTime(first.modified)}</dd>
              </>
            )}
            <dt>Content</dt>
            <dd className="file-content">
              <code>{content}</code>
              <Button
                label="Copy the content id"
                icon="copy"
                iconOnly
                kind="plain"
                onPress={() => void copy(content)}
              />
            </dd>
          </dl>
          <section className="file-holders" aria-label="Holders">
            <h3>Held by</h3>
            <ul>
              {data.holders.map(({ peer, name: owner, path, self, active }) => (
                <li key={`${peer} ${path}`}>
                  <div>
                    <strong className="one-line name">{self ? `${owner} (this peer)` : owner}</strong>
                    <span className="badge" data-kind={active ? 'good' : undefined}>
                      {active ? 'active' : 'away'}
                    </span>
                  </div>
                  {active ? (
                    <a
                      className="name"
                      href={routeTo(
                        'library',
                        restOf({ peer: referenceOf({ id: peer, name: owner }), folder: parentOf(path) }),
                      )}
                    >
                      {path}
                    </a>
                  ) : (
                    <span className="muted name">{path}</span>
                  )}
                </li>
              ))}
            </ul>
            {data.more && <p className="muted">And more places.</p>}
          </section>
        </>
      )}
    </Drawer>
  );
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    sayGood('The content id is on the clipboard.');
  } catch {
    sayError(
      new Error('This browser lets no page write to the clipboard here: mark the id and copy it by hand.'),
    );
  }
}
