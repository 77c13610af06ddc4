/** On the dashboard: how many licences are active, on how many devices. */
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { Count, Link, Loaded } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useFigures } from './figures.tsx';

export default function FiguresCard() {
  const { t } = useTranslation('licensing');
  return (
    <Loaded of={useFigures()} lines={2}>
      {({ stats }) => (
        <Stack gap={4}>
          {(
            [
              ['active', stats.active_licenses],
              ['total', stats.total_licenses],
              ['devices', stats.active_devices],
            ] as const
          ).map(([name, value]) => (
            <Group key={name} justify="space-between">
              <Text size="sm">{t(`figures.${name}`)}</Text>
              <Count value={value} />
            </Group>
          ))}
          <Anchor component={Link} to="/sales/licences" size="sm">
            {t('licences.title')}
          </Anchor>
        </Stack>
      )}
    </Loaded>
  );
}
