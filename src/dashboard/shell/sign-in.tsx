import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { api } from '../api/client.ts';
import { askOtherTabs, onSessionChange, sessionToken, startSession, takeSignInCode } from '../api/session.ts';
import logo from '../favicon.svg';
import { ErrorNote } from '../parts/states.tsx';

/** Shows its children to who is signed in, and to others how to. */
export function SignedIn({ children }: { readonly children: ReactNode }): ReactNode {
  const token = useSyncExternalStore(onSessionChange, sessionToken);
  const [asking, setAsking] = useState(true);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const come = () => {
      void signIn()
        .then(() => setError(undefined), setError)
        .finally(() => setAsking(false));
    };
    come();
    // A new link that is opened in a tab that is there already changes nothing but this.
    window.addEventListener('hashchange', come);
    return () => window.removeEventListener('hashchange', come);
  }, []);
  if (token) return children;
  if (asking) return null;
  return (
    <main className="sign-in">
      <div>
        <img src={logo} alt="" />
        <h1>Sign in to peerdex</h1>
        {error !== undefined && <ErrorNote error={error} />}
        <p>
          On the machine where peerdex runs, type <code>peerdex open</code>. It opens this page signed in;
          there is no password.
        </p>
        <p className="muted">
          From another machine or without a desktop, <code>peerdex open --print</code> shows the link.
        </p>
      </div>
    </main>
  );
}

async function signIn(): Promise<void> {
  const code = takeSignInCode();
  if (!code) return askOtherTabs();
  const { token } = await api.signIn({ body: { code } });
  startSession(token);
}
