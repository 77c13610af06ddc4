/** Copies of backups away from the server: where they go, and how the last ones went. */
import { Alert, Button, Code, Group, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { $api, Facts, OperationProgress, Panel, Time, useFormats, useOperation } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { rowsOf } from './rows-of.ts';
import { RunNow } from './run-now.tsx';

const KIND = 'core.backupCopy';
const EVERY_MS = 15_000;

interface Copies {
  target: string;
  last_at: number | null;
  count: number;
  size_bytes: number;
  is_late: boolean;
  failure: { at: number; error: string } | null;
}

export function BackupCopies({ copies }: { copies: Copies | null }) {
  const { t } = useTranslation('admin');
  return (
    <Panel title={t('backups.copies')}>
      {copies === null ? (
        <>
          <Text size="sm">{t('backups.noCopies')}</Text>
          <Group>
            <SettingsLink label={t('backups.chooseTarget')} />
          </Group>
        </>
      ) : (
        <State {...copies} />
      )}
    </Panel>
  );
}

function State({ target, last_at, count, size_bytes, is_late, failure }: Copies) {
  const { t } = useTranslation('admin');
  const { bytes } = useFormats();
  const queries = useQueryClient();
  const refresh = (): void => {
    for (const path of ['/api/platform/backups/upkeep', '/api/platform/backups'])
      void queries.invalidateQueries({ queryKey: ['get', path] });
  };
  return (
    <>
      {failure && (
        <Alert color={is_late ? 'red' : 'yellow'} title={t(is_late ? 'backups.copyLate' : 'backups.copyFailed')}>
          <Text size="sm">{t('backups.copyFailedText')}</Text>
          <Text size="sm" lang="en" style={{ overflowWrap: 'anywhere' }}>
            {failure.error}
          </Text>
        </Alert>
      )}
      <UnderWay />
      <Facts
        of={[
          [
            t('backups.target'),
            <Code key="target" style={{ overflowWrap: 'anywhere' }}>
              {target}
            </Code>,
          ],
          [
            t('backups.lastCopied'),
            last_at === null ? t('backups.never') : <Time key="last" at={last_at} style="ago" />,
          ],
          count > 0 && [t('backups.there'), t('backups.thereCount', { count, size: bytes(size_bytes) })],
        ]}
      />
      <Group>
        <RunNow name="core.copyBackups" label={t('backups.copyNow')} onEnded={refresh} />
        <SettingsLink label={t('backups.copySettings')} />
      </Group>
    </>
  );
}

/** The latest one, whoever began it, while it runs. */
function UnderWay() {
  const query = { kind: KIND, limit: 1 };
  const latest = $api.useQuery('get', '/api/platform/operations', { params: { query } }, { refetchInterval: EVERY_MS });
  const operation = useOperation(rowsOf(latest.data)[0]?.id ?? null).data;
  return operation?.state === 'running' ? <OperationProgress operation={operation} /> : null;
}

function SettingsLink({ label }: { label: string }) {
  return (
    <Button component={Link} to="/settings/server/backups" variant="default" size="sm">
      {label}
    </Button>
  );
}
