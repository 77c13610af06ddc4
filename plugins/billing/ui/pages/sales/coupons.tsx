/** Coupons: what they take off, how often they were redeemed, until when they can be. */
import { Button, Menu } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  Confirm,
  Count,
  DataTable,
  EmptyState,
  later,
  Money,
  MoreMenu,
  notifyDone,
  notifyFailed,
  State,
  Time,
  useFormats,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EditedCoupon } from '../../parts/coupon-form.tsx';
import { SalesPage } from '../../parts/sales-page.tsx';

const COUPONS = '/api/platform/billing/coupons';
const CouponForm = later(() => import('../../parts/coupon-form.tsx').then(({ CouponForm }) => CouponForm));

export default function Coupons() {
  const { t } = useTranslation('billing');
  const { percent } = useFormats();
  const client = useQueryClient();
  const [edited, setEdited] = useState<EditedCoupon | 'new' | null>(null);
  const [removed, setRemoved] = useState<EditedCoupon | null>(null);
  const change = $api.useMutation('patch', '/api/platform/billing/coupons/{id}');
  const remove = $api.useMutation('delete', '/api/platform/billing/coupons/{id}');
  const readAgain = () => client.invalidateQueries({ queryKey: ['get', COUPONS] });

  const put = async (coupon: EditedCoupon, is_active: boolean) => {
    await change.mutateAsync({ params: { path: { id: coupon.id } }, body: { is_active } });
    await readAgain();
  };
  const toggle = async (coupon: EditedCoupon) => {
    await put(coupon, !coupon.is_active);
    notifyDone(t(coupon.is_active ? 'coupons.off' : 'coupons.on', { code: coupon.code }), () =>
      put(coupon, coupon.is_active).catch(notifyFailed),
    );
  };
  const newCoupon = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
      {t('coupons.new')}
    </Button>
  );
  return (
    <SalesPage part="coupons" actions={newCoupon}>
      <DataTable
        list={COUPONS}
        label={t('sales.coupons')}
        rowKey={({ id }) => id}
        defaultSort="-created_at"
        live={['subscription.*', 'plan.changed']}
        filters={[
          { name: 'code', title: t('coupons.code'), kind: 'text' },
          {
            name: 'is_active',
            title: t('plan.status'),
            choices: [
              { value: 'true', label: t('coupons.isOn') },
              { value: 'false', label: t('coupons.isOff') },
            ],
          },
        ]}
        columns={[
          {
            id: 'code',
            title: t('coupons.code'),
            sort: 'code',
            width: 1.5,
            cell: (coupon) => (
              <Button variant="transparent" size="compact-sm" px={0} onClick={() => setEdited(coupon)}>
                {coupon.code}
              </Button>
            ),
          },
          {
            id: 'off',
            title: t('coupons.takesOff'),
            onPhone: true,
            cell: ({ percent_off, amount_off, currency }) =>
              percent_off !== null ? (
                percent(percent_off / 100)
              ) : (
                <Money amount={amount_off ?? 0} currency={currency} />
              ),
          },
          {
            id: 'duration',
            title: t('coupons.duration'),
            cell: ({ duration, duration_in_months }) =>
              duration_in_months === null
                ? t(`coupons.for.${duration}`)
                : t('coupons.forMonths', { count: duration_in_months }),
          },
          {
            id: 'redeemed',
            title: t('coupons.redeemedShort'),
            align: 'end',
            onPhone: true,
            cell: ({ times_redeemed, max_redemptions }) => (
              <>
                <Count value={times_redeemed} />
                {max_redemptions !== null && (
                  <>
                    {' / '}
                    <Count value={max_redemptions} />
                  </>
                )}
              </>
            ),
          },
          {
            id: 'until',
            title: t('coupons.until'),
            cell: ({ expires_at }) => <Time at={expires_at} style="date" />,
          },
          {
            id: 'status',
            title: t('plan.status'),
            onPhone: true,
            cell: ({ is_active }) => (
              <State value={is_active ? 'active' : 'off'} text={t(is_active ? 'coupons.isOn' : 'coupons.isOff')} />
            ),
          },
          {
            id: 'actions',
            title: t('actions'),
            align: 'end',
            onPhone: true,
            width: 0.5,
            cell: (coupon) => (
              <MoreMenu label={t('actionsOf', { name: coupon.code })}>
                <Menu.Item onClick={() => setEdited(coupon)}>{t('edit')}</Menu.Item>
                <Menu.Item onClick={() => toggle(coupon).catch(notifyFailed)}>
                  {t(coupon.is_active ? 'coupons.turnOff' : 'coupons.turnOn')}
                </Menu.Item>
                <Menu.Item color="red" onClick={() => setRemoved(coupon)}>
                  {t('coupons.remove')}
                </Menu.Item>
              </MoreMenu>
            ),
          },
        ]}
        empty={<EmptyState title={t('coupons.none')} text={t('coupons.noneText')} action={newCoupon} />}
      />
      {edited && <CouponForm coupon={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {removed && (
        <Confirm
          isOpen
          title={t('coupons.remove')}
          name={removed.code}
          action={t('coupons.remove')}
          onClose={() => setRemoved(null)}
          onConfirm={async () => {
            await remove.mutateAsync({ params: { path: { id: removed.id } } });
            await readAgain();
            notifyDone(t('coupons.removed', { code: removed.code }));
          }}
        >
          {t('coupons.removeText')}
        </Confirm>
      )}
    </SalesPage>
  );
}
