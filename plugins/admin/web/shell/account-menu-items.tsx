/** The menu of the person once it is asked for: their own pages, preferences, help, and signing out of all tabs. */
import { Menu, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../client/api.ts';
import { announceSignedOut } from '../client/session-news.ts';
import { useStore } from '../client/store.ts';
import { zone } from '../i18n/formats.ts';
import { notifyFailed } from '../kit/actions.tsx';
import { Link } from '../kit/link.tsx';
import { useOpenAtOnce } from '../kit/on-demand.tsx';
import { AccountButton, type AccountMenuProps, nameOf } from './account-button.tsx';

export default function AccountMenuItems({ me, onShortcuts, onCalls }: AccountMenuProps) {
  const { t } = useTranslation();
  const chosen = useStore(zone);
  const { button, menu } = useOpenAtOnce();
  const signOut = () => void api.DELETE('/api/platform/auth/session').then(announceSignedOut, notifyFailed);
  return (
    <Menu position="bottom-end" width={240} {...menu}>
      <Menu.Target>
        <AccountButton person={me} ref={button} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} truncate>
            {nameOf(me)}
          </Text>
          {me.tenant?.name !== nameOf(me) && me.tenant?.name}
        </Menu.Label>
        <Menu.Item component={Link} to="/settings/profile">
          {t('account.profile')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={onShortcuts}>{t('shell.shortcuts')}</Menu.Item>
        <Menu.Item onClick={onCalls}>{t('shell.calls')}</Menu.Item>
        <Menu.Item component="a" href="/docs">
          {t('shell.docs')}
        </Menu.Item>
        <Menu.Item closeMenuOnClick={false} onClick={() => zone.set(chosen === 'utc' ? 'local' : 'utc')}>
          {t(chosen === 'utc' ? 'preferences.localZone' : 'preferences.utc')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={signOut}>{t('account.signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
