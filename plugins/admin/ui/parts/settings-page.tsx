/** An area of the server's settings: its form, made of the schemas that the server gives, and where in the others something waits. */
import { Anchor, Badge, Group } from '@mantine/core';
import { $api, Link, Loaded, Page } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { RestartNeeded } from './restart-needed.tsx';
import { SettingsArea } from './settings-area.tsx';

export function SettingsPage({ wanted }: { wanted: string | null }) {
  const { t } = useTranslation('admin');
  const overview = $api.useQuery('get', '/api/platform/server/settings');
  const areas = overview.data?.areas ?? [];
  const open = areas.find(({ area }) => area === wanted) ?? areas[0];
  return (
    <Page title={open?.title ?? t('serverSettings.title')} intro={t('serverSettings.intro')}>
      <Loaded of={overview}>
        {({ areas, can_restart, moves_to }) => {
          const area = open?.area;
          return (
            <>
              {areas.some(({ waits_for_restart }) => waits_for_restart) && (
                <RestartNeeded canRestart={can_restart} movesTo={moves_to} />
              )}
              <Waiting areas={areas.filter((one) => one.area !== area)} />
              {area && <SettingsArea key={area} area={area} />}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

interface AreaState {
  area: string;
  title: string;
  problem: string | null;
  waits_for_restart: boolean;
}

/** The menu has all areas; here are those that want something. */
function Waiting({ areas }: { areas: readonly AreaState[] }) {
  const { t } = useTranslation('admin');
  const waiting = areas.filter(({ problem, waits_for_restart }) => problem !== null || waits_for_restart);
  if (waiting.length === 0) return null;
  return (
    <Group component="nav" gap="md" aria-label={t('serverSettings.areas')}>
      {waiting.map(({ area, title, problem, waits_for_restart }) => (
        <Group key={area} gap={6}>
          <Anchor component={Link} to={`/settings/server/${area}`} size="sm">
            {title}
          </Anchor>
          <StateBadge problem={problem} waits={waits_for_restart} />
        </Group>
      ))}
    </Group>
  );
}

function StateBadge({ problem, waits }: { problem: string | null; waits: boolean }) {
  const { t } = useTranslation('admin');
  if (problem !== null)
    return (
      <Badge color="red" size="sm" variant="light">
        !
      </Badge>
    );
  if (!waits) return null;
  return (
    <Badge color="yellow" size="sm" variant="light">
      {t('serverSettings.waitsBadge')}
    </Badge>
  );
}
