/** The menu of the person. What is in it comes when it is first asked for: most visits never open it. */
import { lazy } from 'react';
import { OnDemand } from '../kit/on-demand.tsx';
import { AccountButton, type AccountMenuProps } from './account-button.tsx';

const load = () => import('./account-menu-items.tsx');
const AccountMenuItems = lazy(load);

export function AccountMenu(props: AccountMenuProps) {
  return (
    <OnDemand load={load} button={(given) => <AccountButton person={props.me} {...given} />}>
      <AccountMenuItems {...props} />
    </OnDemand>
  );
}
