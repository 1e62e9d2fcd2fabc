import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from './button.tsx';

interface DrawerProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Details beside a table; over the whole page where that is narrow. Escape closes it, and the focus goes back. */
export function Drawer({ title, onClose, children }: DrawerProps): ReactNode {
  const heading = useId();
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const drawer = element.current;
    // Who opens it by keyboard goes on in it; a mouse leaves the focus where it is.
    if (before?.matches(':focus-visible')) drawer?.focus();
    return () => {
      if (drawer?.contains(document.activeElement) || document.activeElement === document.body)
        (before as HTMLElement | null)?.focus();
    };
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // A question above it is closed first.
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
  return (
    <aside className="drawer" aria-labelledby={heading} ref={element} tabIndex={-1}>
      <div className="drawer-head">
        <h2 id={heading} className="name">
          {title}
        </h2>
        <Button label="Close" icon="close" iconOnly kind="plain" onPress={onClose} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section className="drawer-body" tabIndex={0} aria-label="Details">
        {children}
      </section>
    </aside>
  );
}
