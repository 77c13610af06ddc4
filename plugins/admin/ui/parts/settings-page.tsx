/** The server's settings: areas on the left, the form of one of them, made of the schemas that the server gives. */
import { Badge, Box, Grid, NavLink } from '@mantine/core';
import { $api, Link, Loaded, Page } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { RestartNeeded } from './restart-needed.tsx';
import { SettingsArea } from './settings-area.tsx';

export function SettingsPage({ wanted }: { wanted: string | null }) {
  const { t } = useTranslation('admin');
  const overview = $api.useQuery('get', '/api/platform/server/settings');
  return (
    <Page title={t('serverSettings.title')} intro={t('serverSettings.intro')}>
      <Loaded of={overview}>
        {({ areas, can_restart, moves_to }) => {
          const area = areas.find((one) => one.area === wanted)?.area ?? areas[0]?.area;
          return (
            <>
              {areas.some(({ waits_for_restart }) => waits_for_restart) && (
                <RestartNeeded canRestart={can_restart} movesTo={moves_to} />
              )}
              <Grid gap="lg">
                <Grid.Col span={{ base: 12, sm: 4, lg: 3 }}>
                  <Box component="nav" aria-label={t('serverSettings.areas')}>
                    {areas.map((one) => (
                      <NavLink
                        key={one.area}
                        component={Link}
                        to={`/settings/server/${one.area}`}
                        label={one.title}
                        active={one.area === area}
                        {...(one.area === area && { 'aria-current': 'page' as const })}
                        rightSection={<AreaState problem={one.problem} waits={one.waits_for_restart} />}
                      />
                    ))}
                  </Box>
                </Grid.Col>
                <Grid.Col span={{ base: 12, sm: 8, lg: 9 }}>{area && <SettingsArea key={area} area={area} />}</Grid.Col>
              </Grid>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function AreaState({ problem, waits }: { problem: string | null; waits: boolean }) {
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
