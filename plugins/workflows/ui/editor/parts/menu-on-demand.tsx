/** A button with a menu that comes when the button is pointed at or asked for: a page that nobody opens one on loads none. */
import { type ComponentType, lazy, Suspense, useState } from 'react';
import type { MenuItem } from './menu-item.ts';

/** What the menu tells its button. */
export interface MenuTargetProps {
  'aria-haspopup'?: 'menu';
  'aria-expanded'?: boolean;
  onClick?(): void;
  onPointerEnter?(): void;
  onFocus?(): void;
}

export interface MenuOnDemandProps<Props extends object> {
  /** Hands on to its button whatever it is given. */
  target: ComponentType<Props & MenuTargetProps>;
  targetProps: Props;
  items: readonly MenuItem[];
}

const load = () => import('./opened-menu.tsx');
const Opened = lazy(() => load().then(({ OpenedMenu }) => ({ default: OpenedMenu })));

export function MenuOnDemand<Props extends object>({ target: Target, targetProps, items }: MenuOnDemandProps<Props>) {
  const [isAskedFor, askFor] = useState(false);
  const soon = () => void load();
  const button = (
    <Target
      {...targetProps}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={soon}
      onFocus={soon}
      onClick={() => askFor(true)}
    />
  );
  if (!isAskedFor) return button;
  return (
    <Suspense fallback={button}>
      <Opened target={Target as ComponentType<object>} targetProps={targetProps} items={items} />
    </Suspense>
  );
}
