/** Making a licence: for whom, of what, for how long and how many devices. */
import { Group, Input, NumberInput, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, FormModal, issueOf, notifyDone, useCanSendMail, useRouter, useRows } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createLicence } from '../bounds.ts';
import { LICENCES, PLANS, type Plan, PRODUCTS, USUAL_DEVICES, usualDays } from './choices.ts';
import { EntitlementsInput, entitlementsOf } from './entitlements.tsx';

export function LicenceForm({ onClose }: { onClose(): void }) {
  const { t } = useTranslation('licensing');
  const { go } = useRouter();
  const canSend = useCanSendMail();
  const client = useQueryClient();
  const products = useRows(PRODUCTS);
  const [email, setEmail] = useState('');
  const [plan, setPlan] = useState<Plan>('yearly');
  // Until somebody chooses it is the only one, where there is just one.
  const [chosen, setProduct] = useState<string | null>();
  const [only, second] = products.data ?? [];
  const product = chosen === undefined ? (second === undefined && only?.code) || null : chosen;
  const [cap, setCap] = useState<number | ''>('');
  const [days, setDays] = useState<number | ''>('');
  const [hint, setHint] = useState('');
  const [maxVersion, setMaxVersion] = useState('');
  const [entitlements, setEntitlements] = useState('');
  const make = $api.useMutation('post', LICENCES);

  const submit = async () => {
    const granted = entitlementsOf(entitlements);
    if (granted === null) throw new Error(t('entitlements.wrong'));
    const body = {
      email: email.trim(),
      plan,
      ...(product !== null && { product }),
      ...(cap !== '' && { device_cap: cap }),
      ...(days !== '' && plan !== 'lifetime' && { days }),
      ...(hint.trim() !== '' && { user_hint: hint.trim() }),
      ...(maxVersion.trim() !== '' && { max_version: maxVersion.trim() }),
      ...(Object.keys(granted).length > 0 && { entitlements: granted }),
    };
    const { license_id } = await make.mutateAsync({ body });
    await client.invalidateQueries({ queryKey: ['get', LICENCES] });
    notifyDone(t('licences.made', { id: license_id }));
    go(`/sales/licences/${license_id}`);
  };
  return (
    <FormModal
      title={t('licences.new')}
      action={t('licences.make')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      size="lg"
    >
      {(error) => (
        <Stack gap="sm">
          <TextInput
            type="email"
            label={t('licences.address')}
            description={t(canSend ? 'licences.emailText' : 'licences.emailNoMail')}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            required
            {...createLicence.email}
            error={issueOf(error, 'email')}
            data-autofocus
          />
          <Input.Wrapper label={t('licences.plan')} labelElement="div">
            <SegmentedControl
              fullWidth
              aria-label={t('licences.plan')}
              data={PLANS.map((value) => ({ value, label: t(`plan.${value}`) }))}
              value={plan}
              onChange={(value) => setPlan(PLANS.find((one) => one === value) ?? 'yearly')}
            />
          </Input.Wrapper>
          <Select
            label={t('licences.product')}
            placeholder={t('licences.noProduct')}
            data={(products.data ?? []).map(({ code, name }) => ({ value: code, label: name }))}
            value={product}
            onChange={setProduct}
            clearable
            searchable
          />
          <Group grow align="flex-start">
            <NumberInput
              label={t('licences.places')}
              placeholder={String(USUAL_DEVICES)}
              value={cap}
              onChange={(value) => setCap(typeof value === 'number' ? value : '')}
              {...createLicence.device_cap}
              error={issueOf(error, 'device_cap')}
            />
            {plan !== 'lifetime' && (
              <NumberInput
                label={t('licences.days')}
                placeholder={usualDays(plan)}
                value={days}
                onChange={(value) => setDays(typeof value === 'number' ? value : '')}
                {...createLicence.days}
                error={issueOf(error, 'days')}
              />
            )}
            <TextInput
              label={t('licences.maxVersion')}
              placeholder={t('licences.everyVersion')}
              value={maxVersion}
              onChange={(event) => setMaxVersion(event.currentTarget.value)}
              {...createLicence.max_version}
              error={issueOf(error, 'max_version')}
            />
          </Group>
          <TextInput
            label={t('licences.hint')}
            value={hint}
            onChange={(event) => setHint(event.currentTarget.value)}
            {...createLicence.user_hint}
          />
          <EntitlementsInput value={entitlements} onChange={setEntitlements} error={error} />
        </Stack>
      )}
    </FormModal>
  );
}
