/** Passkeys: signing in by a finger, a face or a key. */
import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  announceSignedIn,
  api,
  Confirm,
  FormModal,
  issueOf,
  Loaded,
  notifyDone,
  Panel,
  Time,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createPasskey } from '../bounds.ts';
import { hasPasskeys, makePasskey, PasskeyRefused } from './passkey.ts';

const LIST = '/api/platform/auth/passkeys';

export function PasskeyPanel() {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const passkeys = $api.useQuery('get', LIST);
  const [isAdding, setAdding] = useState(false);
  const [name, setName] = useState('');
  const [removed, setRemoved] = useState<{ id: string; name: string } | null>(null);
  const changed = async () => {
    await queries.invalidateQueries({ queryKey: ['get', LIST] });
    announceSignedIn();
  };
  const add = async () => {
    const { data: options } = await api.POST('/api/platform/auth/passkeys/options');
    try {
      const credential = await makePasskey(options);
      await api.POST(LIST, { body: { name, credential } });
    } catch (error) {
      throw error instanceof PasskeyRefused ? new Error(t('passkey.refused')) : error;
    }
    setName('');
    notifyDone(t('passkey.added'));
    await changed();
  };
  const remove = async () => {
    if (!removed) return;
    await api.DELETE('/api/platform/auth/passkeys/{id}', { params: { path: { id: removed.id } } });
    notifyDone(t('passkey.removed', { name: removed.name }));
    await changed();
  };
  return (
    <Panel title={t('passkey.title')}>
      <Text size="sm">{t('passkey.text')}</Text>
      <Loaded of={passkeys} lines={1}>
        {(list) =>
          typeof list === 'object' &&
          list.items.length > 0 && (
            <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
              {list.items.map((one) => (
                <Group key={one.id} component="li" justify="space-between">
                  <div>
                    <Text size="sm" fw={500}>
                      {one.name}
                    </Text>
                    <Text size="xs" c="dimmed" component="div">
                      {t('passkey.used')} <Time at={one.last_used_at} style="ago" />
                    </Text>
                  </div>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t('passkey.removeOf', { name: one.name })}
                    onClick={() => setRemoved(one)}
                  >
                    {t('passkey.remove')}
                  </Button>
                </Group>
              ))}
            </Stack>
          )
        }
      </Loaded>
      {hasPasskeys ? (
        <Group>
          <Button variant="default" onClick={() => setAdding(true)}>
            {t('passkey.add')}
          </Button>
        </Group>
      ) : (
        <Alert color="yellow">{t('passkey.unsupported')}</Alert>
      )}
      <FormModal
        title={t('passkey.add')}
        action={t('passkey.go')}
        isOpen={isAdding}
        onClose={() => setAdding(false)}
        onSubmit={add}
      >
        {(error) => (
          <TextInput
            label={t('passkey.name')}
            description={t('passkey.nameHint')}
            required
            {...createPasskey.name}
            data-autofocus
            value={name}
            error={issueOf(error, 'name')}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
      </FormModal>
      <Confirm
        title={t('passkey.removeTitle', { name: removed?.name ?? '' })}
        name={null}
        action={t('passkey.remove')}
        isOpen={removed !== null}
        onClose={() => setRemoved(null)}
        onConfirm={remove}
      >
        {t('passkey.removeText')}
      </Confirm>
    </Panel>
  );
}
