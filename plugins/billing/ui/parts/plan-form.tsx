/** Making a plan, and changing one. */
import { Checkbox, Group, NumberInput, Stack, Tabs, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, FormModal, issueOf, notifyDone, readRows, slugOf, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createAdminPlan } from '../bounds.ts';
import { LimitFields, type WrittenLimits } from './limit-fields.tsx';
import { useLimitNames } from './limit-names.ts';
import { UNLIMITED } from './names.ts';

export interface EditedPlan {
  id: string;
  plan_id: string;
  display_name: string;
  description: string;
  price_monthly: number;
  price_yearly: number;
  currency: string;
  trial_days: number;
  limits: Readonly<Record<string, number>>;
  features: readonly string[];
  is_public: boolean;
  version: string;
}

const NEW = {
  plan_id: '',
  display_name: '',
  description: '',
  price_monthly: 0,
  price_yearly: 0,
  currency: '',
  trial_days: 0,
  features: [],
  is_public: true,
  version: '',
};

const ALL_PLANS = '/api/platform/billing/all-plans';

export function PlanForm({ plan, onClose }: { plan: EditedPlan | null; onClose(): void }) {
  const { t } = useTranslation('billing');
  const client = useQueryClient();
  const readAgain = () => client.invalidateQueries({ queryKey: ['get', ALL_PLANS] });
  const [values, setValues] = useState({ ...NEW, ...plan, features: [...(plan?.features ?? [])] });
  const [limits, setLimits] = useState<WrittenLimits>(written(plan?.limits ?? {}));
  const names = useLimitNames();
  const make = $api.useMutation('post', '/api/v2/admin/plans');
  const change = $api.useMutation('patch', '/api/v2/admin/plans/{id}');
  const set = (changes: Partial<typeof values>) => setValues({ ...values, ...changes });
  const rename = (display_name: string) =>
    // Its id follows the name until somebody writes another one.
    set({
      display_name,
      ...(values.plan_id === slugOf(values.display_name, LONGEST_ID) && { plan_id: slugOf(display_name, LONGEST_ID) }),
    });
  const price = (name: 'price_monthly' | 'price_yearly', error: unknown) => (
    <NumberInput
      label={t(`plans.${name}`)}
      value={values[name]}
      onChange={(value) => set({ [name]: typeof value === 'number' ? value : 0 })}
      {...createAdminPlan[name]}
      decimalScale={3}
      hideControls
      error={issueOf(error, name)}
    />
  );

  const versioned = useVersionedForm(plan, {
    read: async () => (await readRows(ALL_PLANS, { query: { plan_id: plan?.plan_id ?? '' } }))[0],
    refresh: readAgain,
    labels: {
      display_name: t('plans.name'),
      description: t('plans.description'),
      price_monthly: t('plans.price_monthly'),
      price_yearly: t('plans.price_yearly'),
      currency: t('plans.currency'),
      trial_days: t('plans.trialDays'),
      features: t('plans.features'),
      is_public: t('plans.isPublic'),
      limits: t('limit.title'),
    },
  });

  const submit = async () => {
    const {
      plan_id,
      display_name,
      description,
      price_monthly,
      price_yearly,
      currency,
      trial_days,
      features,
      is_public,
    } = values;
    const body = {
      display_name,
      description,
      price_monthly,
      price_yearly,
      trial_days,
      features,
      is_public,
      ...(currency !== '' && { currency }),
      limits: meant(limits),
    };
    if (plan) {
      // Limits are changed one by one, and a price is one in the currency that was seen with it.
      const limits = Object.fromEntries(
        Object.entries(body.limits).filter(([name, limit]) => limit !== plan.limits[name]),
      );
      await versioned.save(body, (header, changes) => {
        const isPrice = changes.price_monthly !== undefined || changes.price_yearly !== undefined;
        const currencyToo = isPrice && currency !== '' ? { currency } : {};
        const patch = { ...changes, ...currencyToo, ...(changes.limits !== undefined && { limits }) };
        return change.mutateAsync({ params: { path: { id: plan.id }, header }, body: patch });
      });
    } else await make.mutateAsync({ body: { plan_id, ...body } });
    await readAgain();
    notifyDone(t(plan ? 'plans.changed' : 'plans.made', { plan: display_name }));
  };

  return (
    <FormModal
      title={plan ? t('plans.edit', { plan: plan.display_name }) : t('plans.new')}
      action={t(plan ? 'save' : 'plans.make')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
      size="lg"
    >
      {(error) => (
        <Tabs defaultValue="terms" keepMounted>
          <Tabs.List mb="md">
            <Tabs.Tab value="terms">{t('plans.terms')}</Tabs.Tab>
            <Tabs.Tab value="limits">{t('limit.title')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="terms">
            <Stack gap="sm">
              <TextInput
                label={t('plans.name')}
                value={values.display_name}
                onChange={(event) => rename(event.currentTarget.value)}
                required
                {...createAdminPlan.display_name}
                error={issueOf(error, 'display_name')}
                data-autofocus
              />
              {!plan && (
                <TextInput
                  label={t('plans.id')}
                  description={t('plans.idText')}
                  value={values.plan_id}
                  onChange={(event) => set({ plan_id: event.currentTarget.value })}
                  required
                  {...createAdminPlan.plan_id}
                  error={issueOf(error, 'plan_id')}
                />
              )}
              <Textarea
                label={t('plans.description')}
                value={values.description}
                onChange={(event) => set({ description: event.currentTarget.value })}
                {...createAdminPlan.description}
                autosize
                minRows={2}
              />
              <Group grow align="flex-start">
                {price('price_monthly', error)}
                {price('price_yearly', error)}
                <TextInput
                  label={t('plans.currency')}
                  value={values.currency}
                  onChange={(event) => set({ currency: event.currentTarget.value.toUpperCase() })}
                  placeholder={t('plans.currencyDefault')}
                  {...createAdminPlan.currency}
                  error={issueOf(error, 'currency')}
                />
              </Group>
              <NumberInput
                label={t('plans.trialDays')}
                value={values.trial_days}
                onChange={(value) => set({ trial_days: typeof value === 'number' ? value : 0 })}
                {...createAdminPlan.trial_days}
                error={issueOf(error, 'trial_days')}
              />
              <TagsInput
                label={t('plans.features')}
                description={t('plans.featuresText')}
                value={values.features}
                onChange={(features) => set({ features })}
                maxTags={createAdminPlan.features.maxItems}
                splitChars={[]}
              />
              <Checkbox
                label={t('plans.isPublic')}
                checked={values.is_public}
                onChange={(event) => set({ is_public: event.currentTarget.checked })}
              />
            </Stack>
          </Tabs.Panel>
          <Tabs.Panel value="limits">
            <LimitFields names={names} values={limits} onChange={setLimits} placeholder={() => t('usage.unlimited')} />
          </Tabs.Panel>
        </Tabs>
      )}
    </FormModal>
  );
}

const LONGEST_ID = 50;

function written(limits: Readonly<Record<string, number>>): WrittenLimits {
  return Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, limit === UNLIMITED ? '' : limit]));
}

function meant(limits: WrittenLimits): Record<string, number> {
  return Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, limit === '' ? UNLIMITED : limit]));
}
