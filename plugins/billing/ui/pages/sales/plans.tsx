/** What is for sale: plans are made, changed, taken off the list and, when nobody has them, deleted. */
import { Alert, Button, Menu, Text } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  Confirm,
  DataTable,
  EmptyState,
  later,
  Money,
  MoreMenu,
  notifyDone,
  notifyFailed,
  State,
  Time,
  useRows,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EditedPlan } from '../../parts/plan-form.tsx';
import type { Cycle } from '../../parts/plan-price.tsx';
import { SalesPage } from '../../parts/sales-page.tsx';

const PlanForm = later(() => import('../../parts/plan-form.tsx').then(({ PlanForm }) => PlanForm));

const LIST = '/api/platform/billing/all-plans';
/** Those that a fresh installation has for sale. */
const EXAMPLES = ['free', 'starter', 'pro', 'business', 'self-hosted'];

export default function Plans() {
  const { t } = useTranslation('billing');
  const client = useQueryClient();
  const [edited, setEdited] = useState<EditedPlan | 'new' | null>(null);
  const [removed, setRemoved] = useState<EditedPlan | null>(null);
  const change = $api.useMutation('patch', '/api/v2/admin/plans/{id}');
  const remove = $api.useMutation('delete', '/api/v2/admin/plans/{id}');
  const readAgain = () => client.invalidateQueries({ queryKey: ['get', LIST] });

  const show = async (plan: EditedPlan, is_public: boolean) => {
    await change.mutateAsync({ params: { path: { id: plan.id } }, body: { is_public } });
    await readAgain();
  };
  const toggle = async (plan: EditedPlan) => {
    await show(plan, !plan.is_public);
    notifyDone(t(plan.is_public ? 'plans.archived' : 'plans.offered', { plan: plan.display_name }), () =>
      show(plan, plan.is_public).catch(notifyFailed),
    );
  };
  const newPlan = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
      {t('plans.new')}
    </Button>
  );
  return (
    <SalesPage part="plans" actions={newPlan}>
      <Examples />
      <DataTable
        list={LIST}
        label={t('sales.plans')}
        rowKey={({ id }) => id}
        defaultSort="-created_at"
        filters={[
          {
            name: 'is_public',
            title: t('plans.offer'),
            choices: [
              { value: 'true', label: t('plans.isOffered') },
              { value: 'false', label: t('plans.isArchived') },
            ],
          },
        ]}
        columns={[
          {
            id: 'name',
            title: t('plans.name'),
            sort: 'display_name',
            width: 1.5,
            cell: (plan) => (
              <Button variant="transparent" size="compact-sm" px={0} onClick={() => setEdited(plan)}>
                {plan.display_name}
              </Button>
            ),
          },
          { id: 'id', title: t('plans.id'), sort: 'plan_id', cell: ({ plan_id }) => plan_id },
          {
            id: 'monthly',
            title: t('cycle.monthly'),
            align: 'end',
            onPhone: true,
            cell: ({ price_monthly, currency }) => <Price amount={price_monthly} currency={currency} cycle="monthly" />,
          },
          {
            id: 'yearly',
            title: t('cycle.yearly'),
            align: 'end',
            onPhone: true,
            cell: ({ price_yearly, currency }) => <Price amount={price_yearly} currency={currency} cycle="yearly" />,
          },
          {
            id: 'offer',
            title: t('plans.offer'),
            onPhone: true,
            cell: ({ is_public }) => (
              <State
                value={is_public ? 'active' : 'archived'}
                text={t(is_public ? 'plans.isOffered' : 'plans.isArchived')}
              />
            ),
          },
          {
            id: 'changed',
            title: t('plans.changedAt'),
            sort: 'updated_at',
            isExtra: true,
            cell: ({ updated_at }) => <Time at={updated_at} style="ago" />,
          },
          {
            id: 'actions',
            title: t('actions'),
            align: 'end',
            onPhone: true,
            width: 0.5,
            cell: (plan) => (
              <MoreMenu label={t('actionsOf', { name: plan.display_name })}>
                <Menu.Item onClick={() => setEdited(plan)}>{t('edit')}</Menu.Item>
                <Menu.Item onClick={() => toggle(plan).catch(notifyFailed)}>
                  {t(plan.is_public ? 'plans.archive' : 'plans.offerAgain')}
                </Menu.Item>
                <Menu.Item color="red" onClick={() => setRemoved(plan)}>
                  {t('plans.remove')}
                </Menu.Item>
              </MoreMenu>
            ),
          },
        ]}
        empty={<EmptyState title={t('plans.none')} text={t('plans.noneText')} action={newPlan} />}
      />
      {edited && (
        <PlanForm
          key={edited === 'new' ? 'new' : edited.id}
          plan={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
      {removed && (
        <Confirm
          isOpen
          title={t('plans.remove')}
          name={removed.plan_id}
          action={t('plans.remove')}
          onClose={() => setRemoved(null)}
          onConfirm={async () => {
            await remove.mutateAsync({ params: { path: { id: removed.id } } });
            await readAgain();
            notifyDone(t('plans.removed', { plan: removed.display_name }));
          }}
        >
          {t('plans.removeText', { plan: removed.display_name })}
        </Confirm>
      )}
    </SalesPage>
  );
}

/** Until somebody has made the plans theirs: what is for sale came with the server. */
function Examples() {
  const { t } = useTranslation('billing');
  const { data = [] } = useRows(LIST);
  const isUntouched = data.every((plan) => EXAMPLES.includes(plan.plan_id) && plan.updated_at === plan.created_at);
  if (!isUntouched || !data.some(({ is_public }) => is_public)) return null;
  return (
    <Alert role="note" color="blue" title={t('plans.examples')}>
      {t('plans.examplesText')}
    </Alert>
  );
}

/** On a telephone, where no heading stands above it, it says itself what it is for. */
function Price({ amount, currency, cycle }: { amount: number; currency: string; cycle: Cycle }) {
  const { t } = useTranslation('billing');
  return (
    <>
      <Money amount={amount} currency={currency} />
      <Text component="span" size="sm" c="dimmed" hiddenFrom="sm">
        {' '}
        {t(`cycle.per.${cycle}`)}
      </Text>
    </>
  );
}
