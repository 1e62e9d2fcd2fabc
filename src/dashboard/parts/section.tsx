import { type ReactNode, useId } from 'react';
import './forms.css';

interface SectionProps {
  readonly title: string;
  readonly tools?: ReactNode;
  /** Over the whole width where others stand side by side. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A part of a page that is made of several. */
export function Section({ title, tools, wide, children }: SectionProps): ReactNode {
  const heading = useId();
  return (
    <section className="section" data-wide={wide ? '' : undefined} aria-labelledby={heading}>
      <div className="section-head">
        <h2 id={heading}>{title}</h2>
        {tools && <div className="section-tools">{tools}</div>}
      </div>
      {children}
    </section>
  );
}
