/** Naming a server of tools. Its token is sealed, and never shown again. */
import { PasswordInput, Stack, TextInput } from '@mantine/core';
import { $api, FormModal, issueOf, notifyDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addAiMcpServer } from '../bounds.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { OFFERED, SERVERS } from './tools-data.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,59}$/;

export function ServerForm({ onClose }: { onClose(): void }) {
  const { t } = useTranslation('ai-replies');
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [token, setToken] = useState('');
  const add = $api.useMutation('post', SERVERS);
  const readAgain = useReadAgain(SERVERS, OFFERED);
  const submit = async () => {
    await add.mutateAsync({ body: { name, url: url.trim(), ...(token !== '' && { token: token.trim() }) } });
    await readAgain();
    notifyDone(t('servers.added', { name }));
  };
  return (
    <FormModal
      title={t('servers.add')}
      action={t('servers.add')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      isReady={NAME.test(name) && /^https?:\/\/./.test(url)}
    >
      {(error) => (
        <Stack gap="sm">
          <TextInput
            label={t('form.name')}
            description={t('form.nameText')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={(name !== '' && !NAME.test(name) && t('form.nameWrong')) || issueOf(error, 'name')}
            required
            data-autofocus
          />
          <TextInput
            label={t('models.address')}
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
            placeholder="https://"
            {...addAiMcpServer.url}
            error={issueOf(error, 'url')}
            required
          />
          <PasswordInput
            label={t('servers.token')}
            description={t('servers.tokenText')}
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
            autoComplete="off"
            {...addAiMcpServer.token}
            error={issueOf(error, 'token')}
          />
        </Stack>
      )}
    </FormModal>
  );
}
