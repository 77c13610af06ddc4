/** Instead of a first administrator: a backup from a file, or from where copies lie; the server starts again with what is in it. */
import {
  Alert,
  Button,
  FileInput,
  Group,
  Paper,
  Progress,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
} from '@mantine/core';
import { Failure, Page } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RestoreStore } from './restore-store.tsx';
import type { OpenedRestore, RestoreView, StoreChoice } from './restore-views.ts';
import { useRestore } from './use-restore.ts';

export function RestoreBackup({ restore: first, token, onBack }: RestoreBackupProps) {
  const { t } = useTranslation('auth');
  const [way, setWay] = useState('file');
  const [file, setFile] = useState<File | null>(null);
  const [store, setStore] = useState<StoreChoice | null>(null);
  const [key, setKey] = useState('');
  const { opened, view, error, isBusy, begin } = useRestore(first, token);
  if (view?.phase === 'done') return <Done />;
  const isChosen = way === 'file' ? file !== null : store !== null;
  return (
    <Page title={t('restore.title')} intro={t('restore.text')}>
      <Paper withBorder p="lg" radius="md">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void begin(way === 'file' ? file : store, key);
          }}
        >
          <Stack>
            <SegmentedControl
              fullWidth
              value={way}
              onChange={setWay}
              disabled={isBusy}
              data={[
                { value: 'file', label: t('restore.file') },
                { value: 'store', label: t('restore.store') },
              ]}
            />
            {way === 'file' ? (
              <FileInput
                label={t('restore.backup')}
                description={t('restore.backupRule')}
                placeholder={t('restore.choose')}
                value={file}
                disabled={isBusy}
                onChange={setFile}
              />
            ) : (
              <RestoreStore opened={opened} isDisabled={isBusy} choice={store} onChoose={setStore} />
            )}
            <Textarea
              label={t('restore.key')}
              description={t('restore.keyRule')}
              placeholder="AGE-SECRET-KEY-1…"
              autoComplete="off"
              spellCheck={false}
              autosize
              minRows={1}
              maxRows={6}
              value={key}
              disabled={isBusy}
              onChange={(event) => setKey(event.currentTarget.value)}
            />
            {error !== null && <Failure error={error} />}
            {view?.phase === 'failed' && !isBusy && (
              <Alert color="red" title={t('restore.failed')} role="alert">
                {view.problem}
              </Alert>
            )}
            {isBusy && view && <HowFar view={view} />}
            <Group grow>
              <Button variant="default" disabled={isBusy} onClick={onBack}>
                {t('restore.back')}
              </Button>
              <Button type="submit" loading={isBusy} disabled={!isChosen}>
                {t('restore.submit')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Paper>
    </Page>
  );
}

export interface RestoreBackupProps {
  restore: OpenedRestore;
  token: string;
  onBack(): void;
}

function HowFar({ view: { phase, done_bytes, total_bytes } }: { view: RestoreView }) {
  const { t } = useTranslation('auth');
  const isCounted = (phase === 'receiving' || phase === 'fetching') && total_bytes > 0;
  const percent = isCounted ? Math.floor((100 * done_bytes) / total_bytes) : 100;
  return (
    <Stack gap={4} role="status">
      <Text size="sm">{t(`restore.phase.${phase}`, { percent })}</Text>
      <Progress value={percent} animated={!isCounted} aria-label={t('restore.title')} />
    </Stack>
  );
}

/** Everything is new: the page is loaded with it. */
function Done() {
  const { t } = useTranslation('auth');
  return (
    <Page title={t('restore.title')}>
      <Paper withBorder p="lg" radius="md">
        <Stack>
          <Text role="status">{t('restore.done')}</Text>
          <Button component="a" href="/sign-in">
            {t('restore.signIn')}
          </Button>
        </Stack>
      </Paper>
    </Page>
  );
}
