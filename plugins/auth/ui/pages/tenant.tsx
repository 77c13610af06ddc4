/** One organisation, for the operator: its state, its people, and its end. */
import { Button, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  api,
  Confirm,
  EmptyState,
  Facts,
  Id,
  Loaded,
  notifyDone,
  notifyFailed,
  Page,
  Panel,
  State,
  Time,
  useParam,
  useRouter,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TENANT, TenantName } from '../parts/tenant-name.tsx';
import { UserTable } from '../parts/user-table.tsx';

const OPERATOR = '/api/platform/auth/operator-tenant';

interface Shown {
  id: string;
  name: string;
  status: string;
  created_at: string;
  user_count: number;
  version: string;
}

export default function Tenant() {
  const id = useParam('id');
  const tenant = $api.useQuery('get', TENANT, { params: { path: { id } } });
  const { t } = useTranslation('auth');
  const failed = { title: id, trail: [{ title: t('tenants.title'), to: '/organisations' }] };
  return (
    <Loaded of={tenant} failed={failed}>
      {(shown) => <TenantPage tenant={shown} />}
    </Loaded>
  );
}

function TenantPage({ tenant }: { tenant: Shown }) {
  const { t } = useTranslation('auth');
  const { go } = useRouter();
  const queries = useQueryClient();
  const [dialog, setDialog] = useState<'rename' | 'operator' | 'erase' | null>(null);
  const { id, name, status } = tenant;
  const close = () => setDialog(null);
  const operator = $api.useQuery('get', OPERATOR);
  const isOperator = operator.data?.tenant_id === id;

  const change = async (wanted: 'active' | 'suspended') => {
    try {
      await api.PATCH(TENANT, { params: { path: { id } }, body: { status: wanted } });
      const undo = () => change(wanted === 'active' ? 'suspended' : 'active');
      notifyDone(t(wanted === 'active' ? 'users.nowActive' : 'users.nowSuspended', { name }), undo);
    } catch (error) {
      notifyFailed(error);
    } finally {
      await queries.invalidateQueries({ queryKey: ['get', TENANT] });
    }
  };
  const makeOperator = async () => {
    await api.PUT(OPERATOR, { body: { tenant_id: id } });
    await queries.invalidateQueries({ queryKey: ['get', OPERATOR] });
    notifyDone(t('tenants.madeOperator', { name }));
  };
  const erase = async () => {
    await api.DELETE('/api/v2/admin/tenants/{id}', { params: { path: { id } } });
    notifyDone(t('users.erased', { name }));
    go('/organisations');
  };
  return (
    <Page
      title={name}
      trail={[{ title: t('tenants.title'), to: '/organisations' }]}
      actions={
        <>
          <Button variant="default" onClick={() => setDialog('rename')}>
            {t('tenants.rename')}
          </Button>
          <Button variant="default" onClick={() => void change(status === 'active' ? 'suspended' : 'active')}>
            {t(status === 'active' ? 'users.suspend' : 'users.activate')}
          </Button>
          {operator.data && !isOperator && (
            <Button variant="default" onClick={() => setDialog('operator')}>
              {t('tenants.makeOperator')}
            </Button>
          )}
          <Button color="red" variant="light" onClick={() => setDialog('erase')}>
            {t('users.erase')}
          </Button>
        </>
      }
    >
      <Stack>
        <Panel title={t('tenants.facts')}>
          <Facts
            of={[
              [t('users.status'), <State key="status" value={status} text={t(`users.${status}`)} />],
              [t('tenants.operator'), t(isOperator ? 'tenants.isOperator' : 'tenants.isNotOperator')],
              [t('tenants.people'), tenant.user_count],
              [t('tenants.since'), <Time key="since" at={tenant.created_at} />],
              [t('users.id'), <Id key="id" value={id} />],
            ]}
          />
        </Panel>
        <Panel title={t('users.title')}>
          <UserTable fixed={{ tenant_id: id }} empty={<EmptyState title={t('users.empty')} />} />
        </Panel>
      </Stack>
      {dialog === 'rename' && <TenantName tenant={tenant} onClose={close} />}
      <Confirm
        title={t('tenants.makeOperatorTitle', { name })}
        name={null}
        action={t('tenants.makeOperator')}
        isOpen={dialog === 'operator'}
        onClose={close}
        onConfirm={makeOperator}
      >
        {t('tenants.makeOperatorText')}
      </Confirm>
      <Confirm
        title={t('users.eraseTitle', { name })}
        name={name}
        action={t('users.erase')}
        isOpen={dialog === 'erase'}
        onClose={close}
        onConfirm={erase}
      >
        {t('tenants.eraseText')}
      </Confirm>
    </Page>
  );
}
