import { type ReactNode, useEffect, useRef } from 'react';
import { useConnection, useLiveConnection } from '../api/live-connection.ts';
import { Navigation } from './navigation.tsx';
import { PAGES } from './pages.tsx';
import { useRoute } from './route.ts';
import { useSearchShortcut } from './shortcuts.ts';
import { SignedIn } from './sign-in.tsx';
import { Toasts } from './toasts.tsx';

export function App(): ReactNode {
  return (
    <>
      <SignedIn>
        <Shell />
      </SignedIn>
      <Toasts />
    </>
  );
}

function Shell(): ReactNode {
  useLiveConnection();
  useSearchShortcut();
  const connection = useConnection();
  const { page } = useRoute();
  const current = PAGES.find(({ path }) => path === page) ?? PAGES[0]!;
  const main = useRef<HTMLElement>(null);
  const shown = useRef(current);
  useEffect(() => {
    document.title = `${current.title} · peerdex`;
    // Who goes to another page by keyboard or ear begins at its top.
    if (shown.current !== current) main.current?.focus();
    shown.current = current;
  }, [current]);
  const { Page } = current;
  return (
    <div className="shell">
      <button type="button" className="skip-link" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <Navigation current={current} />
      <main className="main" id="main" ref={main} tabIndex={-1}>
        <div role="status">
          {connection === 'lost' && (
            <p className="connection">Your peer does not answer. What you see may be old; trying again…</p>
          )}
        </div>
        <Page />
      </main>
    </div>
  );
}
