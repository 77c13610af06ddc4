/** The numbers of today that operators look at first. */
import { SimpleGrid } from '@mantine/core';
import { useFormats, useMay } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { todayOf, useActivity } from './activity.ts';
import { Figure } from './figure.tsx';
import { useHealth } from './use-health.ts';

export function Today() {
  const { t } = useTranslation('admin');
  const { number, duration } = useFormats();
  const isOperator = useMay()('admin.system');
  const activity = useActivity('day');
  const health = useHealth(isOperator);
  const counted = activity.data;
  const figure = (name: string, to: string) => {
    const count = counted ? todayOf(counted, name) : null;
    return count !== null && <Figure title={t(`today.${name}`)} value={number(count)} to={to} />;
  };
  if (!isOperator) return null;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3 }}>
      {health.data && (
        <Figure
          title={t('system.health')}
          value={t(`health.${health.data.status}`)}
          text={t('today.since', { time: duration(health.data.uptimeSeconds * 1000) })}
          to="/status"
        />
      )}
      {figure('core.requests', '/status')}
      {figure('core.errors', '/status/log?level=error')}
    </SimpleGrid>
  );
}
