/** On the dashboard: the plan, and of its limits the one that is nearest. */
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { $api, Link, Loaded, State } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useGiven } from './given.ts';
import { MeterRow } from './meter-row.tsx';
import { useOwnSubscription } from './own-subscription.ts';

const SHOWN = 2;

export default function PlanCard() {
  const { t } = useTranslation('billing');
  const given = useGiven();
  const own = useOwnSubscription();
  const usage = $api.useQuery('get', '/api/v2/usage/current');
  return (
    <Stack gap="sm">
      <Loaded of={own} lines={1}>
        {({ plan, status }) => (
          <Group justify="space-between">
            <Anchor component={Link} to="/settings/plan" fw={600}>
              {given(plan.display_name)}
            </Anchor>
            <State value={status} text={t(`status.${status}`)} />
          </Group>
        )}
      </Loaded>
      <Loaded of={usage} lines={2}>
        {({ meters, counted_since, resets_at }) => {
          const nearest = meters
            .filter(({ limit }) => limit > 0)
            .sort((one, other) => other.used / other.limit - one.used / one.limit)
            .slice(0, SHOWN);
          if (nearest.length === 0)
            return (
              <Text size="sm" c="dimmed">
                {t('usage.noLimits')}
              </Text>
            );
          return nearest.map((meter) => (
            <MeterRow key={meter.name} meter={meter} start={counted_since} end={resets_at} />
          ));
        }}
      </Loaded>
    </Stack>
  );
}
