import { type ReactNode, useRef } from 'react';
import { sayGood } from '../shell/toasts.tsx';
import { Button } from './button.tsx';
import './forms.css';

/** A text to take along: it can be copied and selected. */
export function CopyText({ label, text }: { readonly label: string; readonly text: string }): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  const copy = () => {
    field.current?.select();
    // Where a page may not write to the clipboard the text is selected at least.
    navigator.clipboard?.writeText(text).then(
      () => sayGood('Copied.'),
      () => {},
    );
  };
  return (
    <div className="copy-text">
      <input ref={field} className="input" aria-label={label} value={text} readOnly />
      <Button label="Copy" onPress={copy} />
    </div>
  );
}
