import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { shareOperations } from '../../../protocol/http/local/share-operations.ts';
import type { Status } from '../../../protocol/http/local/status.ts';
import type { OutputOf } from '../../../protocol/http/operation.ts';
import { api } from '../../api/client.ts';
import { formatCount, formatSize, percentOf } from '../../format/amounts.ts';
import { formatAgo } from '../../format/times.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/dialog.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Progress } from '../../parts/progress.tsx';
import { useNow } from '../../parts/use-now.ts';
import { sayError, sayGood } from '../../shell/toasts.tsx';

type Share = Status['shares'][number];
type Verified = OutputOf<(typeof shareOperations)['verification']>['shares'][number];

const KINDS = {
  ready: 'good',
  scanning: 'accent',
  hashing: 'accent',
  unavailable: 'bad',
  paused: undefined,
} as const;

interface ShareRowProps {
  readonly share: Share;
  readonly isDownloads: boolean;
  readonly verified: Verified | undefined;
  /** One has begun. */
  readonly onVerified: () => void;
}

export function ShareRow({ share, isDownloads, verified, onVerified }: ShareRowProps): ReactNode {
  const { path, name, files, bytes, state, waiting, warnings } = share;
  const left = waiting.files > 0 && state !== 'unavailable';
  return (
    <li className="share" aria-label={name}>
      <div className="share-head">
        <Icon name="folder" />
        <div className="share-name">
          <strong className="name">{name}</strong>
          <span className="name muted">{path}</span>
        </div>
        <span className="badge" data-kind={KINDS[state]}>
          {state}
        </span>
      </div>
      {left && (
        <div className="share-progress">
          <span className="number">{`${formatCount(waiting.files, 'file')}, ${formatSize(waiting.bytes)} left to hash`}</span>
          <Progress percent={percentOf(bytes, bytes + waiting.bytes)} label={`Hashing of ${name}`} />
        </div>
      )}
      {verified && <VerifiedText verified={verified} />}
      {warnings.length > 0 && (
        <ul className="share-warnings" aria-label={`Warnings of ${name}`}>
          {warnings.map((warning) => (
            <li key={warning}>
              <Icon name="warning" />
              <span className="name">{warning}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="share-foot">
        <p className="muted number">
          {`${formatCount(files, 'file')}, ${formatSize(bytes)}`}
          {state === 'paused' && ', offered to nobody until you resume it'}
          {isDownloads && ' · what you download, always shared'}
        </p>
        <ShareButtons
          share={share}
          isDownloads={isDownloads}
          isVerifying={verified?.state === 'running'}
          onVerified={onVerified}
        />
      </div>
    </li>
  );
}

function VerifiedText({ verified }: { readonly verified: Verified }): ReactNode {
  const now = useNow();
  const { state, files, totalFiles, bytes, totalBytes, ended, share } = verified;
  if (state === 'running') {
    return (
      <div className="share-progress">
        <span className="number">{`Verifying: ${formatCount(files, 'file')} of ${totalFiles}`}</span>
        <Progress percent={Math.min(99, percentOf(bytes, totalBytes))} label={`Verification of ${share}`} />
      </div>
    );
  }
  return ended && <p className="muted">{`Verified ${formatAgo(ended, now)}.`}</p>;
}

interface ShareButtonsProps extends Pick<ShareRowProps, 'share' | 'isDownloads' | 'onVerified'> {
  readonly isVerifying: boolean;
}

function ShareButtons({ share, isDownloads, isVerifying, onVerified }: ShareButtonsProps): ReactNode {
  const { path, name } = share;
  const body = { path };
  const [removing, setRemoving] = useState(false);
  const pause = useMutation({ mutationFn: () => api.pauseShare({ body }), onError: sayError });
  const resume = useMutation({ mutationFn: () => api.resumeShare({ body }), onError: sayError });
  const verify = useMutation({
    // It goes on without us: only its beginning is waited for.
    async mutationFn() {
      for await (const _ of api.verify({ body: { share: name } })) break;
    },
    onError: sayError,
    onSuccess: onVerified,
  });
  const remove = useMutation({
    mutationFn: () => api.unshare({ query: { path } }),
    onError: sayError,
    onSuccess: () => sayGood(`${name} is no longer shared; its files stay where they are.`),
  });
  const isPaused = share.state === 'paused';
  return (
    <div className="share-buttons">
      {!isPaused && (
        <Button
          label="Verify"
          icon="check"
          disabled={isVerifying || verify.isPending}
          onPress={() => verify.mutate()}
        />
      )}
      {!isDownloads && !isPaused && (
        <Button label="Pause" icon="pause" disabled={pause.isPending} onPress={() => pause.mutate()} />
      )}
      {isPaused && (
        <Button label="Resume" icon="play" disabled={resume.isPending} onPress={() => resume.mutate()} />
      )}
      {!isDownloads && <Button label="Remove…" icon="close" onPress={() => setRemoving(true)} />}
      {removing && (
        <Confirm
          title={`Stop sharing ${name}?`}
          action="Stop sharing"
          busy={remove.isPending}
          onClose={() => setRemoving(false)}
          onConfirm={() => remove.mutate()}
        >
          <p>
            Nobody finds or fetches from it any more. The files stay in <span className="name">{path}</span>,
            and are hashed again if you share the folder again. To take it out for a while, pause it instead.
          </p>
        </Confirm>
      )}
    </div>
  );
}
