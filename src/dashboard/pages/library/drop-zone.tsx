import { type ReactNode, useEffect, useRef, useState } from 'react';
import { formatSize, percentOf } from '../../format/amounts.ts';
import { Button } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Progress } from '../../parts/progress.tsx';
import { sayError } from '../../shell/toasts.tsx';
import { filesOf } from './dropped-files.ts';
import { dropUpload, share, type Upload, useUploads } from './uploads.ts';

/** Most uploads that are drawn; the others wait their turn. */
const SHOWN = 6;

/** Files that are dropped anywhere onto the window are shared. */
export function DropZone(): ReactNode {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    // A drag tells of every element that it passes: in and out are counted.
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const move = (step: number) => (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth + step);
      setOver(depth > 0);
    };
    const enter = move(1);
    const leave = move(-1);
    const over = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      filesOf(event.dataTransfer).then(share, sayError);
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: over, drop } as const;
    for (const [type, listener] of Object.entries(listeners))
      window.addEventListener(type as 'drop', listener);
    return () => {
      for (const [type, listener] of Object.entries(listeners))
        window.removeEventListener(type as 'drop', listener);
    };
  }, []);
  if (!isOver) return null;
  return (
    <div className="drop-zone">
      <Icon name="up" />
      <strong>Drop files to share them</strong>
    </div>
  );
}

/** The same for who has no mouse. */
export function ShareButton(): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button label="Share files" icon="up" onPress={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to share"
        onChange={({ target }) => {
          share([...(target.files ?? [])].map((file) => ({ file, path: file.name })));
          target.value = '';
        }}
      />
    </>
  );
}

/** What is on its way in, above everything else so that nothing moves. */
export function Uploads(): ReactNode {
  const uploads = useUploads();
  if (uploads.length === 0) return null;
  return (
    <section className="uploads" aria-label="Files that are being shared">
      <ul>
        {uploads.slice(0, SHOWN).map((one) => (
          <li key={one.id}>
            <div>
              <span className="one-line name">{one.path}</span>
              <span className="muted" role={one.state === 'failed' ? 'alert' : undefined}>
                {wordsOf(one)}
              </span>
              {one.state === 'sending' && (
                <Progress percent={percentOf(one.sent, one.size)} label={`Progress of ${one.path}`} />
              )}
            </div>
            <Button
              label={
                one.state === 'sending' || one.state === 'waiting'
                  ? `Cancel ${one.path}`
                  : `Dismiss ${one.path}`
              }
              icon="close"
              iconOnly
              kind="plain"
              onPress={() => dropUpload(one.id)}
            />
          </li>
        ))}
      </ul>
      {uploads.length > SHOWN && <p className="muted">And {uploads.length - SHOWN} more.</p>}
    </section>
  );
}

function wordsOf({ state, sent, size, problem }: Upload): string {
  if (state === 'failed') return problem ?? 'failed';
  if (state === 'done') return 'Shared';
  if (state === 'waiting') return 'waiting';
  return sent >= size ? 'being hashed' : `${formatSize(sent)} of ${formatSize(size)}`;
}
