import { type ApiError, errorOf, unreachable } from './api-error.ts';
import { sessionToken } from './session.ts';

/**
 * Sends a file as it is read from the disk, to `path` below the downloads folder. By XMLHttpRequest, for fetch tells nothing of what has gone
 * out. Rejects with an ApiError, or with the signal's reason.
 */
export function upload(
  file: Blob,
  path: string,
  { signal, onSent }: { readonly signal: AbortSignal; readonly onSent: (bytes: number) => void },
): Promise<void> {
  return new Promise((resolve, reject: (error: ApiError | unknown) => void) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/v1/dashboard/files?${new URLSearchParams({ path })}`);
    request.setRequestHeader('authorization', `Bearer ${sessionToken() ?? ''}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = () => {
      if (request.status === 200) resolve();
      else void errorOf(new Response(request.responseText, { status: request.status })).then(reject);
    };
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(signal.reason);
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}
