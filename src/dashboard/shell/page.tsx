import type { ReactNode } from 'react';

interface PageProps {
  readonly title: string;
  /** Beside the title: tabs, a search field. */
  readonly head?: ReactNode;
  /** At the right end of the head: buttons. */
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of every page: its heading, and below it what scrolls by itself. */
export function Page({ title, head, tools, children }: PageProps): ReactNode {
  return (
    <div className="page">
      <div className="page-head">
        <h1>{title}</h1>
        {head}
        {tools && <div className="page-tools">{tools}</div>}
      </div>
      {children}
    </div>
  );
}
