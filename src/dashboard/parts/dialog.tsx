import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from './button.tsx';
import './forms.css';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons below, the main one last. */
  readonly buttons?: ReactNode;
}

/** A question before everything else. Escape closes it; the browser keeps the focus in it and gives it back. */
export function Dialog({ title, onClose, children, buttons }: DialogProps): ReactNode {
  const heading = useId();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: it is no button
    <dialog
      ref={element}
      className="dialog"
      aria-labelledby={heading}
      // It may belong to a row, which is not pressed by what is pressed here.
      onClick={(event) => event.stopPropagation()}
      onPointerDown={(event) => event.stopPropagation()}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="dialog-head">
        <h2 id={heading} className="name">
          {title}
        </h2>
        <Button label="Close" icon="close" iconOnly kind="plain" onPress={onClose} />
      </div>
      <div className="dialog-body">{children}</div>
      {buttons && <div className="dialog-buttons">{buttons}</div>}
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  /** What the button does. */
  readonly action: string;
  readonly busy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  /** What comes of it. */
  readonly children: ReactNode;
}

/** Asks before something that is not easily undone. */
export function Confirm({ title, action, busy, onConfirm, onClose, children }: ConfirmProps): ReactNode {
  const buttons = (
    <>
      <Button label="Cancel" onPress={onClose} />
      <Button label={action} kind="bad" disabled={busy} onPress={onConfirm} />
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} buttons={buttons}>
      {children}
    </Dialog>
  );
}
