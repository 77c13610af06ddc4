/** One person: facts, keys, what they see and may, and what they did. */
import { Alert, Badge, Button, Menu, Stack, Tabs } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  api,
  Confirm,
  EmptyState,
  Facts,
  Id,
  Link,
  Loaded,
  later,
  notifyDone,
  notifyFailed,
  Page,
  Panel,
  State,
  TabsList,
  Time,
  useCanSendMail,
  useMay,
  useMe,
  useParam,
  useRouter,
  useUrlState,
} from 'patchbay-platform/ui';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AuditTable } from '../parts/audit-table.tsx';
import { type EditedUser, USER } from '../parts/edited-user.ts';
import { KeyTable } from '../parts/key-table.tsx';
import { nameOf } from '../parts/names.ts';
import { RightsList } from '../parts/rights-list.tsx';
import { RolePreview } from '../parts/role-preview.tsx';
import { SessionPanelOf } from '../parts/session-panel-of.tsx';
import { setStatus } from '../parts/user-table.tsx';

const NewKey = later(() => import('../parts/new-key.tsx').then(({ NewKey }) => NewKey));
const PasswordLink = later(() => import('../parts/password-link.tsx').then(({ PasswordLink }) => PasswordLink));
const UserForm = later(() => import('../parts/user-form.tsx').then(({ UserForm }) => UserForm));

type Shown = EditedUser & {
  tenant_id: string;
  status: string;
  suspended_by: string | null;
  email_verified: boolean;
  has_password: boolean;
  created_at: string;
  last_login_at: string | null;
};

export default function User() {
  const id = useParam('id');
  const user = $api.useQuery('get', USER, { params: { path: { id } } });
  const { t } = useTranslation('auth');
  const failed = { title: id, trail: [{ title: t('users.title'), to: '/settings/people' }] };
  return (
    <Loaded of={user} failed={failed}>
      {(shown) => <UserPage user={shown} />}
    </Loaded>
  );
}

function UserPage({ user }: { user: Shown }) {
  const { t } = useTranslation('auth');
  const [{ tab = 'facts' }, setState] = useUrlState();
  const [dialog, setDialog] = useState<'edit' | 'key' | null>(null);
  // Its form closes before the key is shown, once: it stays until then.
  const hasKeyDialog = useRef(false);
  hasKeyDialog.current ||= dialog === 'key';
  const name = nameOf(user);
  const me = useMe();
  const isMe = me.user?.id === user.id;
  const isAbove = !me.is_superadmin && (user.is_superadmin || (user.role === 'owner' && !me.roles.includes('owner')));
  const hasSessions = !isMe && !isAbove;
  return (
    <Page
      title={name}
      trail={[{ title: t('users.title'), to: '/settings/people' }]}
      actions={
        <>
          <Button variant="default" onClick={() => setDialog('edit')}>
            {t('users.edit')}
          </Button>
          <MoreActions user={user} isMe={isMe} onKey={() => setDialog('key')} />
        </>
      }
    >
      {user.status === 'suspended' && (
        <Alert color="yellow" title={t('users.suspendedTitle')}>
          {t(user.suspended_by === 'platform' ? 'users.suspendedByPlatform' : 'users.suspendedByTenant')}
        </Alert>
      )}
      <Tabs value={tab} onChange={(value) => setState({ tab: value })} keepMounted={false}>
        <TabsList open={tab} mb="md" aria-label={name}>
          <Tabs.Tab value="facts">{t('users.facts')}</Tabs.Tab>
          <Tabs.Tab value="keys">{t('keys.title')}</Tabs.Tab>
          {hasSessions && <Tabs.Tab value="sessions">{t('session.titleOf')}</Tabs.Tab>}
          <Tabs.Tab value="rights">{t('rights.asUser')}</Tabs.Tab>
          <Tabs.Tab value="history">{t('users.history')}</Tabs.Tab>
        </TabsList>
        <Tabs.Panel value="facts">
          <UserFacts user={user} />
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <KeyTable
            hasOwners={false}
            fixed={{ user_id: user.id }}
            empty={
              <EmptyState
                title={t('users.noKeys')}
                text={t('users.noKeysText')}
                action={!isMe && <Button onClick={() => setDialog('key')}>{t('key.new')}</Button>}
              />
            }
          />
        </Tabs.Panel>
        {hasSessions && (
          <Tabs.Panel value="sessions">
            <SessionPanelOf user={{ id: user.id, name }} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="rights">
          <UserRights id={user.id} />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <AuditTable fixed={{ actor_id: user.id }} empty={<EmptyState title={t('users.noHistory')} />} />
        </Tabs.Panel>
      </Tabs>
      {dialog === 'edit' && <UserForm user={user} onClose={() => setDialog(null)} />}
      {hasKeyDialog.current && (
        <NewKey owner={{ id: user.id, name }} isOpen={dialog === 'key'} onClose={() => setDialog(null)} />
      )}
    </Page>
  );
}

function MoreActions({ user, isMe, onKey }: { user: Shown; isMe: boolean; onKey(): void }) {
  const { t } = useTranslation('auth');
  const { go } = useRouter();
  const queries = useQueryClient();
  const { is_superadmin: isOperator } = useMe();
  const canSend = useCanSendMail();
  const [isErasing, setErasing] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  const name = nameOf(user);
  const isSuspended = user.status === 'suspended';
  const change = async (status: 'active' | 'suspended') => {
    try {
      await setStatus(user.id, status);
      const undo = () => change(status === 'active' ? 'suspended' : 'active');
      notifyDone(t(status === 'active' ? 'users.nowActive' : 'users.nowSuspended', { name }), undo);
    } catch (error) {
      notifyFailed(error);
    } finally {
      await queries.invalidateQueries({ queryKey: ['get', USER] });
    }
  };
  const mailReset = async (email: string) => {
    try {
      await api.POST('/api/v2/auth/forgot-password', { body: { email } });
      notifyDone(t(canSend ? 'users.resetMailed' : 'users.resetLogged', { name }));
    } catch (error) {
      notifyFailed(error);
    }
  };
  const makeLink = async () => {
    try {
      const params = { path: { id: user.id } };
      const { data } = await api.POST('/api/platform/auth/users/{id}/password-link', { params });
      if (data) setLink(data.link);
    } catch (error) {
      notifyFailed(error);
    }
  };
  const erase = async () => {
    await api.DELETE('/api/v2/admin/users/{id}', { params: { path: { id: user.id } } });
    notifyDone(t('users.erased', { name }));
    go('/settings/people');
  };
  if (isMe)
    return (
      <Button component={Link} to="/settings/profile" variant="default">
        {t('profile.title')}
      </Button>
    );
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} />}>
            {t('users.more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void change(isSuspended ? 'active' : 'suspended')}>
            {t(isSuspended ? 'users.activate' : 'users.suspend')}
          </Menu.Item>
          {user.email && user.email_verified && (
            <Menu.Item onClick={() => void mailReset(user.email ?? '')}>
              {t(canSend ? 'users.mailReset' : 'users.logReset')}
            </Menu.Item>
          )}
          {isOperator && !isSuspended && <Menu.Item onClick={() => void makeLink()}>{t('users.linkReset')}</Menu.Item>}
          <Menu.Item onClick={onKey}>{t('key.newFor', { name })}</Menu.Item>
          {isOperator && (
            <Menu.Item color="red" onClick={() => setErasing(true)}>
              {t('users.erase')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {link !== null && <PasswordLink name={name} link={link} onClose={() => setLink(null)} />}
      <Confirm
        title={t('users.eraseTitle', { name })}
        name={name}
        action={t('users.erase')}
        isOpen={isErasing}
        onClose={() => setErasing(false)}
        onConfirm={erase}
      >
        {t('users.eraseText')}
      </Confirm>
    </>
  );
}

function UserFacts({ user }: { user: Shown }) {
  const { t } = useTranslation('auth');
  const may = useMay();
  return (
    <Panel title={t('users.facts')}>
      <Facts
        of={[
          [
            t('users.email'),
            user.email && <Address key="email" email={user.email} isConfirmed={user.email_verified} />,
          ],
          [t('users.username'), user.username],
          [t('users.role'), t(`role.${user.role}`)],
          user.is_superadmin && [t('users.operator'), t('yes')],
          [t('users.status'), <State key="status" value={user.status} text={t(`users.${user.status}`)} />],
          [t('users.hasPassword'), t(user.has_password ? 'yes' : 'no')],
          [t('users.canSend'), t(user.can_send ? 'yes' : 'no')],
          [t('users.mailboxLimit'), user.mailbox_limit],
          [t('users.created'), <Time key="created" at={user.created_at} />],
          [t('users.seen'), <Time key="seen" at={user.last_login_at} />],
          [t('users.id'), <Id key="id" value={user.id} />],
          may('auth.tenants') && [
            t('tenants.one'),
            <Link key="tenant" to={`/organisations/${user.tenant_id}`}>
              {t('tenants.open')}
            </Link>,
          ],
        ]}
      />
    </Panel>
  );
}

function Address({ email, isConfirmed }: { email: string; isConfirmed: boolean }) {
  const { t } = useTranslation('auth');
  return (
    <>
      {email}{' '}
      {!isConfirmed && (
        <Badge variant="light" color="yellow" tt="none">
          {t('users.unconfirmed')}
        </Badge>
      )}
    </>
  );
}

function UserRights({ id }: { id: string }) {
  const { t } = useTranslation('auth');
  const rights = $api.useQuery('get', '/api/platform/auth/users/{id}/rights', { params: { path: { id } } });
  return (
    <Loaded of={rights}>
      {(of) => (
        <Stack>
          <Panel title={t('rights.sees')}>
            <RolePreview areas={of.areas} navigation={of.navigation} />
          </Panel>
          <Panel title={t('rights.title')}>
            <RightsList rights={of} />
          </Panel>
        </Stack>
      )}
    </Loaded>
  );
}
