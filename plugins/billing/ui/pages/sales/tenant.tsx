/** One tenant's plan, limits and use, for super-admins: put it on a plan, grant it limits, let its counts begin anew. */
import { Badge, Button, Group, Table } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  Confirm,
  Facts,
  Link,
  Loaded,
  Money,
  notifyDone,
  Page,
  Panel,
  State,
  Time,
  useFormats,
  useLiveRefresh,
  useParam,
  useRows,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AssignPlan } from '../../parts/assign-plan.tsx';
import { DaysPanel } from '../../parts/days-panel.tsx';
import { UNLIMITED, useNames } from '../../parts/names.ts';
import { OverrideForm, type TenantTerms } from '../../parts/override-form.tsx';
import { usePlanNames } from '../../parts/plan-names.ts';
import { PlanPrice } from '../../parts/plan-price.tsx';

export default function Tenant() {
  const { t } = useTranslation('billing');
  const id = useParam('id');
  const tenant = $api.useQuery('get', '/api/platform/auth/tenants/{id}', { params: { path: { id } } });
  const terms = $api.useQuery('get', '/api/platform/billing/tenants/{id}', { params: { path: { id } } });
  const meters = $api.useQuery('get', '/api/v2/usage/current');
  useLiveRefresh(['subscription.*', 'plan.changed'], () => terms.refetch());
  return (
    <Page
      title={tenant.data?.name ?? t('tenants.one')}
      trail={[{ title: t('sales.tenants'), to: '/sales/tenants' }]}
      actions={
        <Button component={Link} to={`/sales/invoices?tenant_id=${id}`} variant="default">
          {t('tenants.invoices')}
        </Button>
      }
    >
      <PlanOfTenant tenant={{ id, name: tenant.data?.name ?? '' }} planId={terms.data?.plan_id} />
      <Loaded of={terms}>{(data) => <Limits terms={data} />}</Loaded>
      {meters.data && <DaysPanel meters={meters.data.meters.map((meter) => ({ ...meter, used: 0 }))} tenant={id} />}
    </Page>
  );
}

function PlanOfTenant({ tenant, planId }: { tenant: { id: string; name: string }; planId: string | undefined }) {
  const { t } = useTranslation('billing');
  const planName = usePlanNames();
  const [isAssigning, setAssigning] = useState(false);
  const found = useRows('/api/platform/billing/subscriptions', { query: { tenant_id: tenant.id } });
  return (
    <Panel
      title={t('plan.plan')}
      actions={<Button onClick={() => setAssigning(true)}>{t('tenants.assignAction')}</Button>}
    >
      <Loaded of={found} lines={3}>
        {([subscription]) =>
          subscription ? (
            <Facts
              of={[
                [t('plan.plan'), subscription.display_name],
                subscription.current_plan_id !== subscription.plan_id && [
                  t('tenants.comesTo'),
                  planName(subscription.current_plan_id),
                ],
                [
                  t('plan.status'),
                  <State
                    key="status"
                    value={subscription.current_status}
                    text={t(`status.${subscription.current_status}`)}
                  />,
                ],
                [
                  t('plan.price'),
                  <PlanPrice
                    key="price"
                    amount={subscription.price}
                    currency={subscription.currency}
                    cycle={subscription.billing_cycle}
                    free={t('plan.freeOfCharge')}
                  />,
                ],
                subscription.price > 0 && [
                  t('sales.periodEnd'),
                  <Time key="end" at={subscription.period_end} style="date" />,
                ],
                subscription.credit > 0 && [
                  t('plan.credit'),
                  <Money key="credit" amount={subscription.credit} currency={subscription.currency} />,
                ],
                [t('sales.provider'), subscription.provider],
              ]}
            />
          ) : (
            <Facts
              of={[
                [t('plan.plan'), planId ? planName(planId) : '–'],
                [t('plan.status'), t('tenants.default')],
              ]}
            />
          )
        }
      </Loaded>
      {isAssigning && <AssignPlan tenant={tenant} onClose={() => setAssigning(false)} />}
    </Panel>
  );
}

function Limits({ terms }: { terms: TenantTerms }) {
  const { t } = useTranslation('billing');
  const { number } = useFormats();
  const names = useNames();
  const client = useQueryClient();
  const [isEditing, setEditing] = useState(false);
  const [isResetting, setResetting] = useState(false);
  const reset = $api.useMutation('post', '/api/v2/admin/tenants/{id}/reset-limits');
  const text = (limit: number | undefined) =>
    limit === undefined ? '–' : limit === UNLIMITED ? t('usage.unlimited') : number(limit);
  return (
    <Panel
      title={t('limit.title')}
      actions={
        <>
          <Button variant="default" onClick={() => setResetting(true)}>
            {t('tenants.reset')}
          </Button>
          <Button variant="default" onClick={() => setEditing(true)}>
            {t('tenants.ownLimits')}
          </Button>
        </>
      }
    >
      <Table.ScrollContainer minWidth={320}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('limit.of')}</Table.Th>
              <Table.Th ta="end">{t('limit.ofPlan')}</Table.Th>
              <Table.Th ta="end">{t('limit.holds')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Object.keys(terms.effective).map((name) => (
              <Table.Tr key={name}>
                <Table.Td>
                  <Group gap="xs">
                    {names.limit(name)}
                    {terms.overrides[name] !== undefined && (
                      <Badge variant="light" size="sm" tt="none">
                        {t('limit.own')}
                      </Badge>
                    )}
                  </Group>
                </Table.Td>
                <Table.Td ta="end">{text(terms.plan[name])}</Table.Td>
                <Table.Td ta="end" fw={terms.overrides[name] !== undefined ? 600 : undefined}>
                  {text(terms.effective[name])}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {isEditing && <OverrideForm terms={terms} onClose={() => setEditing(false)} />}
      <Confirm
        title={t('tenants.reset')}
        name={null}
        action={t('tenants.reset')}
        isOpen={isResetting}
        onClose={() => setResetting(false)}
        onConfirm={async () => {
          const params = { path: { id: terms.tenant_id } };
          await reset.mutateAsync({ params, body: { usage: true, overrides: false } });
          await client.invalidateQueries({ queryKey: ['get', '/api/platform/billing/tenants/{id}/usage/days'] });
          notifyDone(t('tenants.wasReset'));
        }}
      >
        {t('tenants.resetText')}
      </Confirm>
    </Panel>
  );
}
