/** Versions of the workflow beside what is written here, and one of them taken back. */
import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { $api, DiffView, Loaded, useFocusBack } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface VersionsDialogProps {
  address: { namespace: string; name: string };
  text: string;
  onClose(): void;
  onTake(source: string): void;
}

export function VersionsDialog({ address, text, onClose, onTake }: VersionsDialogProps) {
  const { t } = useTranslation('workflows');
  useFocusBack();
  const [version, setVersion] = useState<string | null>(null);
  const query = $api.useQuery('get', '/api/platform/workflows/{namespace}/{name}', {
    params: { path: address, query: { ...(version !== null && { version }) } },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('editor.versions.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Loaded of={query}>
        {({ source, version: shown, versions }) => (
          <Stack>
            <Select
              label={t('editor.versions.compare')}
              data={[...new Set(versions.map((one) => one.version))]}
              value={version ?? shown}
              allowDeselect={false}
              onChange={setVersion}
            />
            {source === text ? (
              <Text size="sm">{t('editor.versions.same')}</Text>
            ) : (
              <DiffView label={t('editor.versions.difference', { version: shown })} before={source} after={text} />
            )}
            <Group justify="flex-end">
              <Button variant="default" disabled={source === text} onClick={() => onTake(source)}>
                {t('editor.versions.take', { version: shown })}
              </Button>
            </Group>
          </Stack>
        )}
      </Loaded>
    </Modal>
  );
}
