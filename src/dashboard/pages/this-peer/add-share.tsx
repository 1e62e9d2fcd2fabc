import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Icon } from '../../parts/icon.tsx';
import { ErrorNote, Skeleton } from '../../parts/states.tsx';
import { sayGood } from '../../shell/toasts.tsx';

/** Chooses a folder of the peer's machine, which may be another one than the browser's. */
export function AddShare({ onClose }: { readonly onClose: () => void }): ReactNode {
  /** Undefined: the home folder. */
  const [at, setAt] = useState<string>();
  /** From when the field has the focus: no answer changes what somebody is typing. */
  const [typed, setTyped] = useState<string>();
  const { data, error } = useQuery({
    queryKey: ['folders', at],
    queryFn: ({ signal }) => api.folders({ query: { path: at } }, { signal }),
    placeholderData: (before) => before,
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });
  // What was asked for, not what its answer says: until that comes the list is of the folder before.
  const path = typed ?? at ?? data?.path ?? '';
  const share = useMutation({
    mutationFn: () => api.share({ body: { path } }),
    onSuccess: ({ name }) => sayGood(`${name} is shared.`),
  });
  const goTo = (folder: string) => {
    share.reset();
    setTyped(undefined);
    setAt(folder);
  };
  const buttons = (
    <>
      <Button label="Cancel" onPress={onClose} />
      <Button
        label={share.isPending ? 'Scanning…' : 'Share this folder'}
        kind="main"
        disabled={share.isPending || path === ''}
        // Not where this was closed meanwhile, and is open for another folder.
        onPress={() => share.mutate(undefined, { onSuccess: onClose })}
      />
    </>
  );
  return (
    <Dialog title="Share a folder" onClose={onClose} buttons={buttons}>
      <form
        className="form-row"
        onSubmit={(event) => {
          event.preventDefault();
          if (path !== '') goTo(path);
        }}
      >
        <label className="field add-share-path">
          Folder on the machine of this peer
          <input
            className="input"
            value={path}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setTyped(event.target.value)}
            onFocus={() => setTyped(path)}
            onBlur={() => setTyped(typed || undefined)}
          />
        </label>
        <Button label="Look in" disabled={path === ''} onPress={() => goTo(path)} />
      </form>
      {share.error && <ErrorNote error={share.error} />}
      {share.isPending && (
        <p className="muted">Its first scan runs. You may close this: it goes on by itself.</p>
      )}
      {error && <ErrorNote error={error} />}
      {!data && !error && <Skeleton rows={4} />}
      {data && !error && (
        <ul className="folders" aria-label="Folders">
          {data.parent !== null && (
            <li>
              <button type="button" onClick={() => goTo(data.parent!)}>
                <Icon name="up" />
                Up
              </button>
            </li>
          )}
          {data.folders.map((folder) => (
            <li key={folder.path}>
              <button type="button" onClick={() => goTo(folder.path)}>
                <Icon name="folder" />
                <span className="name">{folder.name}</span>
                {folder.shared && <span className="badge">shared</span>}
              </button>
            </li>
          ))}
          {data.folders.length === 0 && <li className="muted folders-none">No folders in here.</li>}
          {data.more && (
            <li className="muted folders-none">There are more than these: type the path of others.</li>
          )}
        </ul>
      )}
    </Dialog>
  );
}
