/** Puts a tenant on a plan for nothing, after it was said what that comes to. */
import { Alert, Anchor, Select, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  type AnswerOf,
  CopyButton,
  Facts,
  Failure,
  FormModal,
  Link,
  Money,
  Mono,
  notifyDone,
  Sentence,
  useFormats,
  useRows,
  useVersionedForm,
  Waiting,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePlanNames } from './plan-names.ts';
import { PlanPrice } from './plan-price.tsx';
import { type NamedTenant, TenantPicker } from './tenant-picker.tsx';

interface AssignPlanProps {
  /** Null where it is chosen in the dialog. */
  tenant: NamedTenant | null;
  onClose(): void;
}

export function AssignPlan({ tenant: given, onClose }: AssignPlanProps) {
  const { t } = useTranslation('billing');
  const [picked, setPicked] = useState<NamedTenant | null>(null);
  const tenant = given ?? picked;
  const client = useQueryClient();
  const [planId, setPlanId] = useState<string | null>(null);
  const plans = useRows('/api/platform/billing/all-plans');
  const planName = usePlanNames();
  const preview = $api.useQuery(
    'get',
    '/api/platform/billing/tenants/{id}/plan-preview',
    { params: { path: { id: tenant?.id ?? '' }, query: { plan_id: planId ?? '' } } },
    { enabled: tenant !== null && planId !== null },
  );
  const assign = $api.useMutation('post', '/api/platform/billing/tenants/{id}/plan');

  const { money } = useFormats();
  // What it comes to may be another thing by now.
  const versioned = useVersionedForm(preview.data ?? null, {
    read: async () => (await preview.refetch()).data,
    labels: {
      from_plan_id: t('tenants.from'),
      price: t('tenants.pays'),
      credit: t('tenants.creditAfter'),
      voided_invoices: t('tenants.voided'),
    },
    textOf: (field, row) => {
      if (field === 'from_plan_id') return planName(row[field]);
      return field === 'price' || field === 'credit' ? money(row[field], row.currency) : undefined;
    },
    follows: true,
  });

  const submit = async () => {
    if (tenant === null || planId === null) return;
    const path = { id: tenant.id };
    await versioned.act((header) => assign.mutateAsync({ params: { path, header }, body: { plan_id: planId } }));
    await client.invalidateQueries({
      predicate: ({ queryKey: [, path] }) => typeof path === 'string' && path.startsWith('/api/platform/billing/'),
    });
    notifyDone(t('tenants.assigned', { tenant: tenant.name, plan: planName(planId) }));
  };
  return (
    <FormModal
      title={given ? t('tenants.assign', { tenant: given.name }) : t('sales.assign')}
      action={t('tenants.assignAction')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
      isAct
      isReady={preview.data !== undefined}
    >
      {() => (
        <Stack gap="md">
          {!given && (
            <>
              <TenantPicker
                label={t('sales.tenant')}
                picked={picked}
                onPick={(one) => {
                  setPicked(one);
                  versioned.restart();
                }}
              />
              <HowTheyCome />
            </>
          )}
          <Select
            label={t('plan.plan')}
            placeholder={t('tenants.choosePlan')}
            data={(plans.data ?? []).map(({ plan_id, display_name }) => ({
              value: plan_id,
              label: display_name,
            }))}
            value={planId}
            onChange={(chosen) => {
              setPlanId(chosen);
              versioned.restart();
            }}
            searchable
            required
            allowDeselect={false}
            {...(given && { 'data-autofocus': true })}
          />
          {tenant !== null && planId !== null && preview.isPending && <Waiting lines={3} />}
          {planId !== null && preview.error && <Failure error={preview.error} />}
          {preview.data && <Preview {...preview.data} />}
        </Stack>
      )}
    </FormModal>
  );
}

/** Organisations are made by those who register: the operator gives them the address, or lets everybody register. */
function HowTheyCome() {
  const { t } = useTranslation('billing');
  const { data: ways } = $api.useQuery('get', '/api/platform/auth/ways');
  if (!ways) return null;
  const { registration_is_open: isOpen } = ways;
  const address = new URL('/register', location.href).href;
  const way = isOpen ? (
    <>
      <Mono>{address}</Mono> <CopyButton value={address} label={t('tenants.copyRegister')} />
    </>
  ) : (
    <Anchor component={Link} to="/settings/server/sign-in" size="sm">
      {t('tenants.accountSettings')}
    </Anchor>
  );
  return (
    <Text size="sm" c="dimmed" component="div">
      <Sentence text={t(isOpen ? 'tenants.newOnes' : 'tenants.newOnesClosed')} parts={{ way }} />
    </Text>
  );
}

type PreviewProps = AnswerOf<'/api/platform/billing/tenants/{id}/plan-preview'>;

function Preview(preview: PreviewProps) {
  const { t } = useTranslation('billing');
  const planName = usePlanNames();
  const { price, currency, credit, list_currency: listed } = preview;
  if (preview.refusal !== null)
    return (
      <Alert color="yellow" title={t('tenants.refused')}>
        {t(`refusal.${preview.refusal}`, { defaultValue: preview.refusal })}
      </Alert>
    );
  return (
    <Stack gap="xs" aria-live="polite">
      <Text size="sm">{t('tenants.previewText')}</Text>
      <Facts
        of={[
          [t('tenants.from'), planName(preview.from_plan_id)],
          [t('tenants.to'), planName(preview.plan_id)],
          [
            t('tenants.pays'),
            <PlanPrice key="price" amount={price} currency={currency} cycle="monthly" free={t('plan.freeOfCharge')} />,
          ],
          [
            t('tenants.listPrice'),
            <PlanPrice key="list" amount={preview.list_price_monthly} currency={listed} cycle="monthly" />,
          ],
          [t('tenants.creditAfter'), <Money key="credit" amount={credit} currency={currency} />],
          preview.voided_invoices.length > 0 && [t('tenants.voided'), preview.voided_invoices.join(', ')],
        ]}
      />
    </Stack>
  );
}
