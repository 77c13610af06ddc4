/** How backups look after themselves: the last and the next one, what is kept, and whether the newest can be restored. */
import { Alert, Code, Group, SimpleGrid, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, Facts, Loaded, Panel, State, Time, useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { BackupCopies } from './backup-copies.tsx';
import { BackupEncryption } from './backup-encryption.tsx';
import { RunNow } from './run-now.tsx';

const UPKEEP = '/api/platform/backups/upkeep';
/** What the schedule does while the page is open shows soon. */
const EVERY_MS = 60_000;
/** Words of `State` for outcomes. */
const STATES = { passed: 'done', failed: 'failed', impossible: 'retrying' } as const;

function useUpkeep() {
  return $api.useQuery('get', UPKEEP, {}, { refetchInterval: EVERY_MS });
}

type Upkeep = NonNullable<ReturnType<typeof useUpkeep>['data']>;

export function BackupUpkeep() {
  const upkeep = useUpkeep();
  return (
    <Loaded of={upkeep} lines={4}>
      {(state) => (
        <>
          <Troubles {...state} />
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <Schedule {...state} />
            <Rehearsal {...state.rehearsal} />
            <BackupCopies copies={state.copies} />
            <BackupEncryption recipient={state.encryption.recipient} />
          </SimpleGrid>
        </>
      )}
    </Loaded>
  );
}

function Troubles({ is_late, failure, rehearsal: { last } }: Upkeep) {
  const { t } = useTranslation('admin');
  return (
    <>
      {is_late && (
        <Alert color="red" title={t('backups.late')}>
          {t('backups.lateText')}
        </Alert>
      )}
      {failure && (
        <Alert color="red" title={t('backups.notMade')}>
          <Text size="sm" lang="en" style={{ overflowWrap: 'anywhere' }}>
            {failure.error}
          </Text>
        </Alert>
      )}
      {last?.outcome === 'failed' && (
        <Alert color="red" title={t('backups.notGood')}>
          <Text size="sm">{t('backups.notGoodText')}</Text>
          <Text size="sm" lang="en" style={{ overflowWrap: 'anywhere' }}>
            {last.problem}
          </Text>
        </Alert>
      )}
    </>
  );
}

function Schedule({ schedule, next_at, last_at, keep, folder }: Upkeep) {
  const { t } = useTranslation('admin');
  return (
    <Panel title={t('backups.schedule')}>
      {schedule === null && <Text size="sm">{t('backups.noSchedule')}</Text>}
      <Facts
        of={[
          [t('backups.last'), last_at === null ? t('backups.never') : <Time key="last" at={last_at} style="ago" />],
          next_at !== null && [t('backups.next'), <Time key="next" at={next_at} />],
          schedule !== null && [t('backups.keep'), t('backups.kept', keep)],
          [
            t('backups.folder'),
            <Code key="folder" style={{ overflowWrap: 'anywhere' }}>
              {folder}
            </Code>,
          ],
        ]}
      />
    </Panel>
  );
}

function Rehearsal({ schedule, next_at, last }: Upkeep['rehearsal']) {
  const { t } = useTranslation('admin');
  const { duration, number } = useFormats();
  const queries = useQueryClient();
  const refresh = (): void => {
    for (const path of [UPKEEP, '/api/platform/backups']) void queries.invalidateQueries({ queryKey: ['get', path] });
  };
  // What plugins of others count has their own noun.
  const counted = Object.entries(last?.contents ?? {}).map(([noun, count]) =>
    t(`backups.contents.${noun}`, { count, number: number(count), defaultValue: `${number(count)} ${noun}` }),
  );
  return (
    <Panel title={t('backups.rehearsal')}>
      <Text size="sm" c="dimmed">
        {t('backups.rehearsalText')}
      </Text>
      <Facts
        of={[
          last !== null && [
            t('backups.outcome'),
            <Group key="outcome" gap="xs">
              <State value={STATES[last.outcome]} text={t(`backups.outcomes.${last.outcome}`)} />
              <Time at={last.begun_at} style="ago" />
            </Group>,
          ],
          last?.outcome === 'impossible' && [
            t('backups.why'),
            <span key="why" lang="en">
              {last.problem}
            </span>,
          ],
          counted.length > 0 && [t('backups.found'), counted.join(t('serverSettings.comma'))],
          last !== null && [t('backups.took'), duration(Math.max(1000, last.took_ms))],
          next_at !== null && [t('backups.next'), <Time key="next" at={next_at} />],
        ]}
      />
      {schedule === null ? (
        <Text size="sm">{t('backups.noRehearsal')}</Text>
      ) : (
        <Group>
          <RunNow
            name="core.rehearseBackup"
            title={t('backups.rehearsal')}
            label={t('backups.rehearse')}
            onEnded={refresh}
          />
        </Group>
      )}
    </Panel>
  );
}
