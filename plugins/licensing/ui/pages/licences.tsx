/** Licences: found, made, suspended and resumed, one or many. */
import { Button } from '@mantine/core';
import IconPlayerPause from '@tabler/icons-react/dist/esm/icons/IconPlayerPause.mjs';
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import {
  $api,
  Count,
  DataTable,
  EmptyState,
  Id,
  later,
  Page,
  State,
  Time,
  useMe,
  useUrlState,
} from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { LICENCES, PLANS, STATES } from '../parts/choices.ts';
import { Figures } from '../parts/figures.tsx';
import { useMayManage } from '../parts/use-may-manage.ts';

const LicenceForm = later(() => import('../parts/licence-form.tsx').then(({ LicenceForm }) => LicenceForm));

export default function Licences() {
  const { t } = useTranslation('licensing');
  const mayManage = useMayManage();
  const isOperator = useMe().is_superadmin;
  const [address, setAddress] = useUrlState();
  const suspend = $api.useMutation('post', '/api/platform/licensing/licences/{id}/suspend');
  const resume = $api.useMutation('post', '/api/platform/licensing/licences/{id}/resume');
  const newLicence = mayManage ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAddress({ new: '1' })}>
      {t('licences.new')}
    </Button>
  ) : null;
  return (
    <Page title={t('licences.title')} actions={newLicence}>
      <Figures />
      <DataTable
        list={LICENCES}
        label={t('licences.title')}
        search={t('licences.search')}
        rowKey={({ license_id }) => license_id}
        to={({ license_id }) => `/sales/licences/${license_id}`}
        defaultSort="-created_at"
        live={['licence.*']}
        filters={[
          {
            name: 'status',
            title: t('licences.status'),
            choices: STATES.map((value) => ({ value, label: t(`status.${value}`) })),
          },
          {
            name: 'plan',
            title: t('licences.plan'),
            choices: [...PLANS, 'trial' as const].map((value) => ({ value, label: t(`plan.${value}`) })),
          },
          { name: 'email', title: t('licences.emailBegins'), kind: 'text' },
          ...(isOperator ? [{ name: 'tenant_id', title: t('licences.tenantId'), kind: 'text' } as const] : []),
        ]}
        columns={[
          { id: 'email', title: t('licences.email'), sort: 'email', width: 2, cell: ({ email }) => email },
          {
            id: 'product',
            title: t('licences.product'),
            width: 1.2,
            onPhone: true,
            cell: ({ product_name }) => product_name ?? t('licences.noProduct'),
          },
          { id: 'id', title: t('licences.id'), width: 1.2, cell: ({ license_id }) => <Id value={license_id} /> },
          {
            id: 'plan',
            title: t('licences.plan'),
            onPhone: true,
            width: 0.8,
            cell: ({ plan }) => t(`plan.${plan}`, { defaultValue: plan }),
          },
          {
            id: 'status',
            title: t('licences.status'),
            onPhone: true,
            width: 0.9,
            cell: ({ status }) => <State value={status} text={t(`status.${status}`, { defaultValue: status })} />,
          },
          {
            id: 'devices',
            title: t('licences.devices'),
            align: 'end',
            onPhone: true,
            width: 0.8,
            cell: ({ active_devices, device_limit }) => (
              <>
                <Count value={active_devices} />
                {' / '}
                <Count value={device_limit} />
              </>
            ),
          },
          {
            id: 'until',
            title: t('licences.until'),
            onPhone: true,
            width: 1.2,
            cell: ({ valid_until }) =>
              valid_until === null ? t('licences.forEver') : <Time at={valid_until} style="date" />,
          },
          {
            id: 'made',
            title: t('licences.madeAt'),
            sort: 'created_at',
            isExtra: true,
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
          { id: 'hint', title: t('licences.hint'), isExtra: true, cell: ({ user_hint }) => user_hint || '–' },
          {
            id: 'floating',
            title: t('licences.floating'),
            isExtra: true,
            cell: ({ floating }) => t(floating ? 'yes' : 'no'),
          },
        ]}
        bulk={
          mayManage
            ? [
                {
                  id: 'suspend',
                  title: t('licence.suspend'),
                  icon: <IconPlayerPause size={14} aria-hidden />,
                  question: (count) => t('licences.suspendMany', { count }),
                  run: ({ license_id: id }) => suspend.mutateAsync({ params: { path: { id } }, body: {} }),
                  undo: ({ license_id: id }) => resume.mutateAsync({ params: { path: { id } } }),
                },
                {
                  id: 'resume',
                  title: t('licence.resume'),
                  icon: <IconPlayerPlay size={14} aria-hidden />,
                  run: ({ license_id: id }) => resume.mutateAsync({ params: { path: { id } } }),
                },
              ]
            : []
        }
        empty={<EmptyState title={t('licences.none')} text={t('licences.noneText')} action={newLicence} />}
      />
      {address.new === '1' && mayManage && <LicenceForm onClose={() => setAddress({ new: null })} />}
    </Page>
  );
}
