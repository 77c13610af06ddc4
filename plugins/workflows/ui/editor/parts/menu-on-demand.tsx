/** A button with a menu of the editor, which comes when the button is pointed at or asked for. */
import { OnDemand } from 'patchbay-platform/ui';
import { lazy } from 'react';
import type { MenuOnDemandProps } from './menu-item.ts';

const load = () => import('./opened-menu.tsx');
const Opened = lazy(() => load().then(({ OpenedMenu }) => ({ default: OpenedMenu })));

export function MenuOnDemand(props: MenuOnDemandProps) {
  return (
    <OnDemand load={load} button={props.button}>
      <Opened {...props} />
    </OnDemand>
  );
}
