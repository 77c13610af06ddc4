/** Backups beside the running server: made with progress, downloaded, deleted. */
import { Anchor, Badge, Button, Group, Table, Text, VisuallyHidden } from '@mantine/core';
import IconDatabase from '@tabler/icons-react/dist/esm/icons/IconDatabase.mjs';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  Confirm,
  EmptyState,
  Loaded,
  Marked,
  notifyDone,
  notifyFailed,
  OperationProgress,
  Page,
  Panel,
  Time,
  useFormats,
  useOperation,
} from 'patchbay-platform/ui';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BackupUpkeep } from '../parts/backup-upkeep.tsx';
import { rowsOf } from '../parts/rows-of.ts';

const KIND = 'core.backup';
const COPY_COLORS = { sending: 'gray', done: 'teal', failed: 'red' } as const;

export default function Backups() {
  const { t } = useTranslation('admin');
  const { bytes } = useFormats();
  const queries = useQueryClient();
  const backups = $api.useQuery('get', '/api/platform/backups');
  // The latest one, whoever began it, so that a page that is loaded anew shows how far it is.
  const latest = $api.useQuery('get', '/api/platform/operations', { params: { query: { kind: KIND, limit: 1 } } });
  const make = $api.useMutation('post', '/api/platform/backups', {
    onSuccess: () => queries.invalidateQueries({ queryKey: ['get', '/api/platform/operations'] }),
    onError: notifyFailed,
  });
  const remove = $api.useMutation('delete', '/api/platform/backups/{name}');
  const [leaving, setLeaving] = useState<string | null>(null);
  const operation = useOperation(rowsOf(latest.data)[0]?.id ?? null).data;
  const state = operation?.state;
  const isRunning = state === 'running';
  useEffect(() => {
    if (state !== 'done') return;
    void queries.invalidateQueries({ queryKey: ['get', '/api/platform/backups'] });
    void queries.invalidateQueries({ queryKey: ['get', '/api/platform/backups/upkeep'] });
  }, [state, queries]);
  return (
    <Page
      title={t('backups.title')}
      intro={t('backups.intro')}
      actions={
        <Button
          leftSection={<IconDatabase size={16} />}
          loading={make.isPending}
          disabled={isRunning}
          onClick={() => make.mutate({})}
        >
          {t('backups.make')}
        </Button>
      }
    >
      {operation && state !== 'done' && (
        <Panel title={t('backups.underWay')}>
          <OperationProgress operation={operation} />
        </Panel>
      )}
      <BackupUpkeep />
      <Loaded of={backups}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={<IconDatabase size={24} />} title={t('backups.empty')} text={t('backups.emptyText')} />
          ) : (
            <Table verticalSpacing="xs" aria-label={t('backups.title')}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('backups.name')}</Table.Th>
                  <Table.Th visibleFrom="sm">{t('backups.made')}</Table.Th>
                  <Table.Th visibleFrom="sm">{t('backups.size')}</Table.Th>
                  <Table.Th>
                    <VisuallyHidden>{t('backups.remove')}</VisuallyHidden>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map(
                  ({ name, size_bytes, created_at, is_scheduled, is_before_update, is_encrypted, rehearsal, copy }) => (
                    <Table.Tr key={name}>
                      <Table.Td>
                        <Anchor
                          href={`/api/platform/backups/${name}`}
                          download
                          size="sm"
                          style={{ overflowWrap: 'anywhere' }}
                        >
                          <Group gap={6} wrap="nowrap" component="span">
                            <IconDownload size={16} aria-hidden />
                            {name}
                          </Group>
                        </Anchor>
                        <Group gap={6} mt={2}>
                          {is_scheduled && (
                            <Badge variant="light" color="gray" tt="none" radius="sm" size="sm">
                              {t('backups.bySchedule')}
                            </Badge>
                          )}
                          {is_before_update && (
                            <Badge variant="light" color="gray" tt="none" radius="sm" size="sm">
                              {t('backups.beforeUpdate')}
                            </Badge>
                          )}
                          {is_encrypted && (
                            <Badge variant="light" color="gray" tt="none" radius="sm" size="sm">
                              {t('backups.isEncrypted')}
                            </Badge>
                          )}
                          {copy && (
                            <Badge variant="light" color={COPY_COLORS[copy]} tt="none" radius="sm" size="sm">
                              {t(`backups.copyStates.${copy}`)}
                            </Badge>
                          )}
                          {rehearsal && (
                            <Badge
                              variant="light"
                              color={rehearsal === 'passed' ? 'teal' : 'red'}
                              tt="none"
                              radius="sm"
                              size="sm"
                            >
                              {t(`backups.outcomes.${rehearsal}`)}
                            </Badge>
                          )}
                        </Group>
                        <Text size="xs" c="dimmed" hiddenFrom="sm">
                          <Time at={created_at} /> · {bytes(size_bytes)}
                        </Text>
                      </Table.Td>
                      <Table.Td visibleFrom="sm">
                        <Time at={created_at} />
                      </Table.Td>
                      <Table.Td visibleFrom="sm">{bytes(size_bytes)}</Table.Td>
                      <Table.Td align="right">
                        <Button
                          size="compact-sm"
                          variant="subtle"
                          color="red"
                          aria-label={t('backups.removeNamed', { name })}
                          onClick={() => setLeaving(name)}
                        >
                          {t('backups.remove')}
                        </Button>
                      </Table.Td>
                    </Table.Tr>
                  ),
                )}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
      <Text size="sm" c="dimmed">
        <Marked text={t('backups.advice')} />
      </Text>
      <Confirm
        title={t('backups.removeTitle')}
        name={null}
        action={t('backups.remove')}
        isOpen={leaving !== null}
        onClose={() => setLeaving(null)}
        onConfirm={async () => {
          await remove.mutateAsync({ params: { path: { name: leaving ?? '' } } });
          await queries.invalidateQueries({ queryKey: ['get', '/api/platform/backups'] });
          await queries.invalidateQueries({ queryKey: ['get', '/api/platform/backups/upkeep'] });
          notifyDone(t('backups.removed'));
        }}
      >
        {t('backups.removeText', { name: leaving })}
      </Confirm>
    </Page>
  );
}
