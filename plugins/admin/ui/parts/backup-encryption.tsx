/** For whom backups are encrypted; a key is made, shown once, and used after somebody has said that it is kept. */
import { Alert, Button, Checkbox, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, notifyDone, notifyFailed, Panel } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Key {
  recipient: string;
  identity: string;
}

export function BackupEncryption({ recipient }: { recipient: string | null }) {
  const { t } = useTranslation('admin');
  const [key, setKey] = useState<Key | null>(null);
  const make = $api.useMutation('post', '/api/platform/backups/keys', { onSuccess: setKey, onError: notifyFailed });
  return (
    <Panel title={t('backups.encryption')}>
      {recipient === null ? (
        <Text size="sm">{t('backups.notEncrypted')}</Text>
      ) : (
        <>
          <Text size="sm">{t('backups.encryptedFor')}</Text>
          <Code style={{ overflowWrap: 'anywhere' }}>{recipient}</Code>
        </>
      )}
      <Group>
        <Button variant="default" size="sm" loading={make.isPending} onClick={() => make.mutate({})}>
          {t(recipient === null ? 'backups.encrypt' : 'backups.newKey')}
        </Button>
      </Group>
      {key && <NewKey {...key} onClose={() => setKey(null)} />}
    </Panel>
  );
}

function NewKey({ recipient, identity, onClose }: Key & { onClose(): void }) {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const [isKept, setKept] = useState(false);
  const save = $api.useMutation('patch', '/api/platform/server/settings/{area}', {
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['get', '/api/platform/backups/upkeep'] });
      notifyDone(t('backups.encryptionOn'));
      onClose();
    },
    onError: notifyFailed,
  });
  const use = (): void => {
    const body = { values: { 'backups.encryption.recipient': recipient }, reset: [] };
    save.mutate({ params: { path: { area: 'backups' } }, body });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('backups.keyTitle')}
      closeOnClickOutside={false}
      withCloseButton={false}
      size="lg"
    >
      <Stack>
        <Alert color="yellow">{t('backups.keyText')}</Alert>
        <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {identity}
        </Code>
        <Group>
          <CopyButton value={identity}>
            {({ copied, copy }) => (
              <Button variant="default" size="sm" onClick={copy}>
                {t(copied ? 'backups.keyCopied' : 'backups.keyCopy')}
              </Button>
            )}
          </CopyButton>
        </Group>
        <Checkbox
          label={t('backups.keyKept')}
          checked={isKept}
          onChange={(event) => setKept(event.currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('backups.keyCancel')}
          </Button>
          <Button disabled={!isKept} loading={save.isPending} onClick={use}>
            {t('backups.keyUse')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
