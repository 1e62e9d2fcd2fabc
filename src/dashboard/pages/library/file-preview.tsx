import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type PreviewKind, previewKindOf } from '../../../protocol/http/media-types.ts';
import { errorOf } from '../../api/api-error.ts';
import { api } from '../../api/client.ts';
import { formatSize } from '../../format/amounts.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorNote, Skeleton } from '../../parts/states.tsx';

const TEXT_BYTES = 256 * 1024;

interface PreviewProps {
  readonly content: string;
  readonly name: string;
  readonly size: number;
}

/** Shows a picture, sound, film or text, also while it is still with others: nothing comes before somebody asks to see it. */
export function FilePreview(props: PreviewProps): ReactNode {
  const kind = previewKindOf(props.name);
  const [isOpen, setOpen] = useState(false);
  if (!kind) return null;
  if (!isOpen) return <Button label="Preview" icon="play" onPress={() => setOpen(true)} />;
  return <Opened {...props} kind={kind} />;
}

function Opened({ content, name, size, kind }: PreviewProps & { readonly kind: PreviewKind }): ReactNode {
  const [isBroken, setBroken] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['preview', content],
    queryFn: ({ signal }) => api.preview({ body: { content, name } }, { signal }),
    gcTime: 0,
  });
  if (error) return <ErrorNote error={error} />;
  if (!data) return <Skeleton rows={3} />;
  if (isBroken) {
    const again = () => void refetch().then(() => setBroken(false));
    return (
      <>
        <ErrorNote
          error={
            new Error('This cannot be shown: nobody gives it now, or this browser does not know its format.')
          }
        />
        <Button label="Try again" onPress={again} />
      </>
    );
  }
  const { url } = data;
  const onError = () => setBroken(true);
  return (
    <div className="preview">
      {kind === 'image' && <img src={url} alt={`Preview of ${name}`} onError={onError} />}
      {kind === 'audio' && (
        // biome-ignore lint/a11y/useMediaCaption: what others share has no captions of its own
        <audio src={url} controls preload="metadata" aria-label={`Preview of ${name}`} onError={onError} />
      )}
      {kind === 'video' && (
        // biome-ignore lint/a11y/useMediaCaption: likewise
        <video src={url} controls preload="metadata" aria-label={`Preview of ${name}`} onError={onError} />
      )}
      {kind === 'text' && <TextPreview url={url} name={name} size={size} />}
    </div>
  );
}

function TextPreview({
  url,
  name,
  size,
}: {
  readonly url: string;
  readonly name: string;
  readonly size: number;
}): ReactNode {
  const { data, error } = useQuery({
    queryKey: ['preview-text', url],
    queryFn: ({ signal }) => beginningOf(url, size, signal),
    gcTime: 0,
  });
  if (error) return <ErrorNote error={error} />;
  if (data === undefined) return <Skeleton rows={4} />;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section className="preview-text" tabIndex={0} aria-label={`Text of ${name}`}>
        <pre className="name">{data}</pre>
      </section>
      {size > TEXT_BYTES && (
        <p className="muted">
          The first {formatSize(TEXT_BYTES)} of {formatSize(size)}.
        </p>
      )}
    </>
  );
}

async function beginningOf(url: string, size: number, signal: AbortSignal): Promise<string> {
  if (size === 0) return '';
  const headers = { range: `bytes=0-${Math.min(size, TEXT_BYTES) - 1}` };
  const answer = await fetch(url, { headers, signal, credentials: 'omit' });
  if (!answer.ok) throw await errorOf(answer);
  return new TextDecoder().decode(await answer.arrayBuffer());
}
