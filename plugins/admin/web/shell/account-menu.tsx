/** The menu of the person. What is in it comes when it is first asked for: most visits never open it. */
import { lazy, Suspense, useState } from 'react';
import { AccountButton, type AccountMenuProps } from './account-button.tsx';

const load = () => import('./account-menu-items.tsx');
const AccountMenuItems = lazy(load);

export function AccountMenu(props: AccountMenuProps) {
  const [isAskedFor, askFor] = useState(false);
  const soon = () => void load();
  const button = (
    <AccountButton
      person={props.me}
      aria-expanded={false}
      onPointerEnter={soon}
      onFocus={soon}
      onClick={() => askFor(true)}
    />
  );
  if (!isAskedFor) return button;
  return (
    <Suspense fallback={button}>
      <AccountMenuItems {...props} />
    </Suspense>
  );
}
