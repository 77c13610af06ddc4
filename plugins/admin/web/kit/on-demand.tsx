/** A button with a menu whose code comes when the button is pointed at or asked for: a page on which nobody opens it loads none. */
import { type ReactElement, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';

/** What its button is given until then. */
export interface OnDemandButtonProps {
  'aria-haspopup'?: 'menu';
  'aria-expanded'?: boolean;
  onClick?(): void;
  onPointerEnter?(): void;
  onFocus?(): void;
}

export interface OnDemandProps {
  /** Begins to get the code of what opens. */
  load(): unknown;
  button(props: OnDemandButtonProps): ReactElement;
  /** The button with its menu, once it is asked for; see `useOpenAtOnce`. */
  children: ReactNode;
}

export function OnDemand({ load, button, children }: OnDemandProps) {
  const [isAskedFor, askFor] = useState(false);
  const soon = () => void load();
  const alone = button({
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: soon,
    onFocus: soon,
    onClick: () => askFor(true),
  });
  return isAskedFor ? <Suspense fallback={alone}>{children}</Suspense> : alone;
}

/**
 * For the menu that was asked for: it opens at once. The button that was pressed is gone; the one in its place has to have the focus
 * before the menu takes it, to get it back.
 */
export function useOpenAtOnce() {
  const [opened, onChange] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    button.current?.focus();
    onChange(true);
  }, []);
  return { button, menu: { opened, onChange } };
}
