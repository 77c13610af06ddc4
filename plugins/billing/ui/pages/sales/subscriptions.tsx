/** Who has which plan, and the way onto another one. */
import { Button } from '@mantine/core';
import { DataTable, EmptyState, later, Money, State, Time, useUrlState } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePlanNames } from '../../parts/plan-names.ts';
import { PlanPrice } from '../../parts/plan-price.tsx';
import { SalesPage } from '../../parts/sales-page.tsx';
import { useTenantColumn } from '../../parts/tenant-cell.tsx';
import type { NamedTenant } from '../../parts/tenant-picker.tsx';

const AssignPlan = later(() => import('../../parts/assign-plan.tsx').then(({ AssignPlan }) => AssignPlan));

const STATES = ['trialing', 'active', 'past_due', 'canceled'] as const;

export default function Subscriptions() {
  const { t } = useTranslation('billing');
  const tenant = useTenantColumn();
  const planName = usePlanNames();
  const [changing, setChanging] = useState<NamedTenant | null>(null);
  const [{ assign }, setAddress] = useUrlState();
  const assignButton = <Button onClick={() => setAddress({ assign: '1' })}>{t('sales.assign')}</Button>;
  return (
    <SalesPage part="subscriptions" actions={assignButton}>
      <DataTable
        list="/api/platform/billing/subscriptions"
        label={t('sales.subscriptions')}
        rowKey={({ id }) => id}
        defaultSort="-created_at"
        live={['subscription.*', 'plan.changed']}
        filters={[
          {
            name: 'status',
            title: t('plan.status'),
            choices: STATES.map((value) => ({ value, label: t(`status.${value}`) })),
          },
          { name: 'plan_id', title: t('plans.id'), kind: 'text' },
          {
            name: 'cancel_at_period_end',
            title: t('sales.leaving'),
            choices: [
              { value: 'true', label: t('sales.leavingYes') },
              { value: 'false', label: t('sales.leavingNo') },
            ],
          },
        ]}
        columns={[
          tenant,
          { id: 'plan', title: t('plan.plan'), cell: ({ display_name }) => display_name, onPhone: true },
          {
            id: 'status',
            title: t('plan.status'),
            onPhone: true,
            cell: ({ current_status }) => <State value={current_status} text={t(`status.${current_status}`)} />,
          },
          {
            id: 'price',
            title: t('plan.price'),
            align: 'end',
            onPhone: true,
            cell: ({ price, currency, billing_cycle }) => (
              <PlanPrice amount={price} currency={currency} cycle={billing_cycle} free={t('plan.freeOfCharge')} />
            ),
          },
          {
            id: 'cycle',
            title: t('change.cycle'),
            isExtra: true,
            cell: ({ billing_cycle }) => t(`cycle.${billing_cycle}`),
          },
          {
            id: 'end',
            title: t('sales.periodEnd'),
            sort: 'period_end',
            cell: ({ period_end }) => <Time at={period_end} style="date" />,
          },
          {
            id: 'then',
            title: t('sales.then'),
            cell: ({ cancel_at_period_end, next_plan_id }) =>
              next_plan_id ? planName(next_plan_id) : t(cancel_at_period_end ? 'sales.ends' : 'sales.goesOn'),
          },
          {
            id: 'credit',
            title: t('plan.credit'),
            align: 'end',
            isExtra: true,
            cell: ({ credit, currency }) => <Money amount={credit} currency={currency} />,
          },
          { id: 'provider', title: t('sales.provider'), isExtra: true, cell: ({ provider }) => provider },
          {
            id: 'since',
            title: t('sales.since'),
            sort: 'created_at',
            isExtra: true,
            cell: ({ created_at }) => <Time at={created_at} style="date" />,
          },
          {
            id: 'actions',
            title: t('tenants.change'),
            align: 'end',
            width: 1.2,
            onPhone: true,
            cell: ({ tenant_id, tenant_name }) =>
              tenant_name !== null && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('tenants.changeOf', { tenant: tenant_name })}
                  onClick={() => setChanging({ id: tenant_id, name: tenant_name })}
                >
                  {t('tenants.change')}
                </Button>
              ),
          },
        ]}
        empty={
          <EmptyState title={t('sales.noSubscriptions')} text={t('sales.noSubscriptionsText')} action={assignButton} />
        }
      />
      {assign === '1' && <AssignPlan tenant={null} onClose={() => setAddress({ assign: null })} />}
      {changing && <AssignPlan tenant={changing} onClose={() => setChanging(null)} />}
    </SalesPage>
  );
}
