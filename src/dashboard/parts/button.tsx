import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

export interface ButtonProps {
  /** What it does, always said; drawn unless `iconOnly`. */
  readonly label: string;
  readonly icon?: IconName;
  readonly iconOnly?: boolean;
  readonly kind?: 'main' | 'bad' | 'plain';
  readonly disabled?: boolean;
  readonly onPress: () => void;
}

/** It keeps what it was pressed in from being pressed as well, such as the row of a table. */
export function Button({ label, icon, iconOnly, kind, disabled, onPress }: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      className="button"
      data-kind={kind}
      data-icon-only={iconOnly ? '' : undefined}
      aria-label={iconOnly ? label : undefined}
      title={iconOnly ? label : undefined}
      disabled={disabled}
      onClick={(event) => {
        event.stopPropagation();
        onPress();
      }}
    >
      {icon && <Icon name={icon} />}
      {iconOnly ? null : label}
    </button>
  );
}
