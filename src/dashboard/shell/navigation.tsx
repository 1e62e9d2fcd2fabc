import type { ReactNode } from 'react';
import { api } from '../api/client.ts';
import { useLiveJobs, useLiveStatus } from '../api/live.ts';
import { endSession } from '../api/session.ts';
import logo from '../favicon.svg';
import { formatRate } from '../format/amounts.ts';
import { fits } from '../pages/transfers/transfer-filters.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { PAGES, type PageEntry } from './pages.tsx';
import { routeTo } from './route.ts';
import { setTheme, THEMES, useTheme } from './theme.ts';

export function Navigation({ current }: { readonly current: PageEntry }): ReactNode {
  const status = useLiveStatus();
  return (
    <header className="side">
      <div className="brand">
        <img src={logo} alt="" />
        <div>
          <strong>peerdex</strong>
          <div className="muted one-line name">{status?.peer.name ?? ' '}</div>
        </div>
      </div>
      <nav aria-label="Pages" className="navigation">
        {PAGES.map((page) => (
          <a key={page.path} href={routeTo(page.path)} aria-current={page === current ? 'page' : undefined}>
            <Icon name={page.icon} />
            {page.title}
            {page.path === 'transfers' && <UnderWay />}
          </a>
        ))}
      </nav>
      <div className="side-end">
        {status && (
          <div className="rates number">
            <div>
              <span>Down</span>
              <span>{formatRate(status.rates.down) || 'idle'}</span>
            </div>
            <div>
              <span>Up</span>
              <span>{formatRate(status.rates.up) || 'idle'}</span>
            </div>
          </div>
        )}
        <div className="side-buttons">
          <ThemeButton />
          <Button label="Sign out" icon="out" iconOnly kind="plain" onPress={signOut} />
        </div>
      </div>
    </header>
  );
}

function UnderWay(): ReactNode {
  const jobs = useLiveJobs();
  const count = [...(jobs?.values() ?? [])].filter((job) => fits(job, 'under-way')).length;
  if (count === 0) return null;
  return (
    <span className="badge" data-kind="accent">
      {count}
      <span className="hidden-text"> under way</span>
    </span>
  );
}

function ThemeButton(): ReactNode {
  const theme = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
  const icon = theme === 'light' ? 'sun' : theme === 'dark' ? 'moon' : 'system';
  return (
    <Button label={`Theme: ${theme}`} icon={icon} iconOnly kind="plain" onPress={() => setTheme(next)} />
  );
}

function signOut(): void {
  // The peer forgets the session, and so does the browser whether or not it could be told.
  void api
    .signOut()
    .catch(() => {})
    .finally(() => endSession(true));
}
