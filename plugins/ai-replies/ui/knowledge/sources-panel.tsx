/** Where documents of a base come from that are kept in step: how that went the last time, and what can be done about it. */
import { ActionIcon, Button, Group, Menu, Paper, Stack, Text } from '@mantine/core';
import IconRefresh from '@tabler/icons-react/dist/esm/icons/IconRefresh.mjs';
import {
  $api,
  api,
  Confirm,
  later,
  MoreMenu,
  notifyDone,
  notifyFailed,
  Panel,
  State,
  Time,
  useLiveRefresh,
  useRows,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReadAgain } from '../parts/ai-data.ts';
import { DOCUMENT_LOOKS, DOCUMENTS, READ_TOPICS, SOURCE, SOURCES, type Source } from './knowledge-data.ts';
import { scheduleName } from './schedules.ts';

const SourceForm = later(() => import('./source-form.tsx').then(({ SourceForm }) => SourceForm));

export function SourcesPanel({ base }: { base: string }) {
  const { t } = useTranslation('ai-replies');
  const [isOpen, setOpen] = useState(false);
  const sources = useRows(SOURCES, { at: { id: base } });
  useLiveRefresh(READ_TOPICS, () => sources.refetch());
  return (
    <Panel
      title={t('sources.title')}
      actions={
        <Button size="xs" variant="default" onClick={() => setOpen(true)}>
          {t('sources.add')}
        </Button>
      }
    >
      <Stack gap="sm">
        {(sources.data ?? []).length === 0 && (
          <Text size="sm" c="dimmed">
            {t('sources.none')}
          </Text>
        )}
        {(sources.data ?? []).map((source) => (
          <OneSource key={source.id} of={source} />
        ))}
      </Stack>
      {isOpen && <SourceForm base={base} onClose={() => setOpen(false)} />}
    </Panel>
  );
}

function OneSource({ of: source }: { of: Source }) {
  const { t } = useTranslation('ai-replies');
  const readAgain = useReadAgain(SOURCES, DOCUMENTS);
  const [removes, setRemoves] = useState<'yes' | 'no' | null>(null);
  const sync = $api.useMutation('post', `${SOURCE}/sync`);
  const { id, kind, url, within, branch, state, reason, documents, synced_at, schedule } = source;
  const path = { id };
  const named = scheduleName(schedule);
  return (
    <Paper withBorder radius="md" p="sm">
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <Stack gap={4} miw={0}>
          <Text size="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
            {t(`sources.kind.${kind}`)}: {[url, branch, within].filter(Boolean).join(' · ')}
          </Text>
          <Group gap="xs">
            <State value={DOCUMENT_LOOKS[state]} text={t(`sources.state.${state}`)} />
            <Text size="xs" c="dimmed" component="div">
              {t('sources.documents', { count: documents })} · {named === null ? schedule : t(`schedule.${named}`)} ·{' '}
              <Time at={synced_at} style="ago" />
            </Text>
          </Group>
          {reason !== '' && (
            <Text size="sm" c="red" lang="en" style={{ overflowWrap: 'anywhere' }}>
              {reason}
            </Text>
          )}
        </Stack>
        <Group gap={4} wrap="nowrap">
          <ActionIcon
            variant="default"
            aria-label={t('sources.sync')}
            loading={sync.isPending}
            onClick={() =>
              void sync
                .mutateAsync({ params: { path } })
                .then(readAgain)
                .then(() => notifyDone(t('sources.syncing')))
                .catch(notifyFailed)
            }
          >
            <IconRefresh size={16} aria-hidden />
          </ActionIcon>
          <MoreMenu variant="default" label={t('bases.more')}>
            <Menu.Item onClick={() => setRemoves('yes')}>{t('sources.removeKeep')}</Menu.Item>
            <Menu.Item color="red" onClick={() => setRemoves('no')}>
              {t('sources.remove')}
            </Menu.Item>
          </MoreMenu>
        </Group>
      </Group>
      <Confirm
        title={t(removes === 'yes' ? 'sources.removeKeep' : 'sources.remove')}
        action={t(removes === 'yes' ? 'sources.removeKeep' : 'sources.remove')}
        name={url}
        isOpen={removes !== null}
        onClose={() => setRemoves(null)}
        onConfirm={async () => {
          await api.DELETE(SOURCE, { params: { path, query: { keep: removes ?? 'yes' } } });
          await readAgain();
        }}
      >
        {t(removes === 'yes' ? 'sources.removeKeepText' : 'sources.removeText', { count: documents })}
      </Confirm>
    </Paper>
  );
}
