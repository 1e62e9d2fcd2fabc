/** The token of this browser's session: in this tab's own storage, never a cookie. Other tabs of the dashboard ask for it. */
const KEY = 'peerdex-session';
const ASK_MS = 300;

type Message =
  | { readonly kind: 'ask' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'end' };

const listeners = new Set<() => void>();
const channel = new BroadcastChannel(KEY);

channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
  const token = sessionToken();
  if (data.kind === 'ask' && token) say({ kind: 'token', token });
  if (data.kind === 'token' && !token) keep(data.token);
  if (data.kind === 'end' && token) drop();
});

export const sessionToken = (): string | undefined => sessionStorage.getItem(KEY) ?? undefined;

/** For `useSyncExternalStore`. */
export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function startSession(token: string): void {
  keep(token);
  say({ kind: 'token', token });
}

/** In this tab; with `everywhere` in the others too. */
export function endSession(everywhere = false): void {
  drop();
  if (everywhere) say({ kind: 'end' });
}

/** Resolves when another tab has given its session, or none is there. */
export async function askOtherTabs(): Promise<void> {
  if (sessionToken()) return;
  say({ kind: 'ask' });
  await new Promise<void>((resolve) => {
    const end = onSessionChange(resolve);
    setTimeout(() => {
      end();
      resolve();
    }, ASK_MS);
  });
}

/** Takes the code out of the address of a sign-in link, so that it stays in no history. */
export function takeSignInCode(): string | undefined {
  const code = /^#sign-in=([\w-]{1,128})$/.exec(location.hash)?.[1];
  if (code) history.replaceState(null, '', location.pathname);
  return code;
}

const say = (message: Message): void => channel.postMessage(message);

function keep(token: string): void {
  sessionStorage.setItem(KEY, token);
  for (const listener of listeners) listener();
}

function drop(): void {
  sessionStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}
