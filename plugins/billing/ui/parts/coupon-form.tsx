/** Making a coupon; of one that is there, until when and how often it can be redeemed. */
import { Group, NumberInput, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  api,
  FormModal,
  issueOf,
  MomentField,
  notifyDone,
  useFormats,
  useVersionedForm,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createCoupon } from '../bounds.ts';

export interface EditedCoupon {
  id: string;
  code: string;
  percent_off: number | null;
  amount_off: number | null;
  currency: string;
  duration: string;
  duration_in_months: number | null;
  max_redemptions: number | null;
  times_redeemed: number;
  expires_at: string | null;
  is_active: boolean;
  version: string;
}

const DURATIONS = createCoupon.duration.values;
/** Of money: more than nothing, which the field itself does not say. */
const SOME = { min: 0.001, ...createCoupon.amount_off };
type Duration = (typeof DURATIONS)[number];

const COUPONS = '/api/platform/billing/coupons';

export function CouponForm({ coupon, onClose }: { coupon: EditedCoupon | null; onClose(): void }) {
  const { t } = useTranslation('billing');
  const client = useQueryClient();
  const readAgain = () => client.invalidateQueries({ queryKey: ['get', COUPONS] });
  const { dateTime } = useFormats();
  const [code, setCode] = useState('');
  const [kind, setKind] = useState<'percent' | 'amount'>('percent');
  const [off, setOff] = useState<number | ''>('');
  const [currency, setCurrency] = useState('');
  const [duration, setDuration] = useState<Duration>('once');
  const [months, setMonths] = useState<number | ''>(3);
  const [most, setMost] = useState<number | ''>(coupon?.max_redemptions ?? '');
  const [until, setUntil] = useState(coupon?.expires_at ?? null);
  const make = $api.useMutation('post', '/api/platform/billing/coupons');
  const change = $api.useMutation('patch', '/api/platform/billing/coupons/{id}');

  const path = { id: coupon?.id ?? '' };
  const versioned = useVersionedForm(coupon, {
    read: async () => (await api.GET('/api/platform/billing/coupons/{id}', { params: { path } })).data,
    refresh: readAgain,
    labels: { max_redemptions: t('coupons.most'), expires_at: t('coupons.until') },
    textOf: (field, row) => (field === 'expires_at' && row.expires_at !== null ? dateTime(row.expires_at) : undefined),
  });

  const submit = async () => {
    const expires_at = until;
    if (coupon) {
      await versioned.save({ max_redemptions: most === '' ? null : most, expires_at }, (header, body) =>
        change.mutateAsync({ params: { path, header }, body }),
      );
      await readAgain();
      return notifyDone(t('coupons.changed', { code: coupon.code }));
    }
    const made = await make.mutateAsync({
      body: {
        code,
        duration,
        ...(kind === 'percent' ? { percent_off: Number(off) } : { amount_off: Number(off) }),
        ...(kind === 'amount' && currency !== '' && { currency }),
        ...(duration === 'repeating' && { duration_in_months: Number(months) }),
        ...(most !== '' && { max_redemptions: most }),
        ...(expires_at !== null && { expires_at }),
      },
    });
    await readAgain();
    notifyDone(t('coupons.made', { code: made.code }));
  };

  return (
    <FormModal
      title={coupon ? t('coupons.edit', { code: coupon.code }) : t('coupons.new')}
      action={t(coupon ? 'save' : 'coupons.make')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
    >
      {(error) => (
        <Stack gap="sm">
          {!coupon && (
            <>
              <TextInput
                label={t('coupons.code')}
                description={t('coupons.codeText')}
                value={code}
                onChange={(event) => setCode(event.currentTarget.value.toUpperCase())}
                required
                {...createCoupon.code}
                error={issueOf(error, 'code')}
                data-autofocus
              />
              <SegmentedControl
                aria-label={t('coupons.kind')}
                data={[
                  { value: 'percent', label: t('coupons.percent') },
                  { value: 'amount', label: t('coupons.amount') },
                ]}
                value={kind}
                onChange={(value) => setKind(value === 'amount' ? 'amount' : 'percent')}
              />
              <Group grow align="flex-start">
                <NumberInput
                  label={t(kind === 'percent' ? 'coupons.percentOff' : 'coupons.amountOff')}
                  value={off}
                  onChange={(value) => setOff(typeof value === 'number' ? value : '')}
                  required
                  {...(kind === 'percent' ? { ...createCoupon.percent_off, suffix: ' %' } : SOME)}
                  hideControls
                  error={issueOf(error, kind === 'percent' ? 'percent_off' : 'amount_off')}
                />
                {kind === 'amount' && (
                  <TextInput
                    label={t('plans.currency')}
                    value={currency}
                    onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
                    placeholder={t('plans.currencyDefault')}
                    {...createCoupon.currency}
                    error={issueOf(error, 'currency')}
                  />
                )}
              </Group>
              <Group grow align="flex-start">
                <Select
                  label={t('coupons.duration')}
                  data={DURATIONS.map((value) => ({ value, label: t(`coupons.for.${value}`) }))}
                  value={duration}
                  onChange={(value) => setDuration(DURATIONS.find((one) => one === value) ?? 'once')}
                  allowDeselect={false}
                />
                {duration === 'repeating' && (
                  <NumberInput
                    label={t('coupons.months')}
                    value={months}
                    onChange={(value) => setMonths(typeof value === 'number' ? value : '')}
                    required
                    {...createCoupon.duration_in_months}
                    error={issueOf(error, 'duration_in_months')}
                  />
                )}
              </Group>
            </>
          )}
          {coupon && <Text size="sm">{t('coupons.redeemed', { count: coupon.times_redeemed })}</Text>}
          <NumberInput
            label={t('coupons.most')}
            placeholder={t('usage.unlimited')}
            value={most}
            onChange={(value) => setMost(typeof value === 'number' ? value : '')}
            {...createCoupon.max_redemptions}
            error={issueOf(error, 'max_redemptions')}
          />
          <MomentField
            label={t('coupons.until')}
            value={until}
            onChange={setUntil}
            error={issueOf(error, 'expires_at')}
          />
        </Stack>
      )}
    </FormModal>
  );
}
