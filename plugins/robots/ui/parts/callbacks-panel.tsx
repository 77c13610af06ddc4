/** Third parties that are called when a robot hears something or has done something. */
import { Button, Group, PasswordInput, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, type AnswerOf, Facts, FormModal, Loaded, notifyDone, Panel } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { configRobotThirdParty } from '../bounds.ts';

const CONFIG = '/api/robot/third-party/config/{robotId}';
const URLS = ['messageCallbackUrl', 'resultCallbackUrl', 'statusCallbackUrl', 'qrcodeCallbackUrl'] as const;
type Config = AnswerOf<typeof CONFIG>['data'];

export function CallbacksPanel({ robotId }: { robotId: string }) {
  const { t } = useTranslation('robots');
  const [isOpen, setOpen] = useState(false);
  const config = $api.useQuery('get', CONFIG, { params: { path: { robotId } } });
  return (
    <Panel
      title={t('callbacks.title')}
      actions={
        config.data && (
          <Button variant="default" onClick={() => setOpen(true)}>
            {t('callbacks.change')}
          </Button>
        )
      }
    >
      <Loaded of={config}>
        {({ data }) => (
          <>
            <Shown config={data} />
            {isOpen && <Form config={data} onClose={() => setOpen(false)} />}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Shown({ config }: { config: Config }) {
  const { t } = useTranslation('robots');
  const named = URLS.filter((name) => config[name] !== null);
  if (named.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('callbacks.none')}
      </Text>
    );
  return (
    <Facts
      of={[
        [t('callbacks.isActive'), t(config.isActive ? 'yes' : 'no')],
        ...named.map((name) => [t(`callbacks.${name}`), config[name]] as const),
        [t('callbacks.enableSignature'), t(config.enableSignature ? 'yes' : 'no')],
      ]}
    />
  );
}

function Form({ config, onClose }: { config: Config; onClose(): void }) {
  const { t } = useTranslation('robots');
  const client = useQueryClient();
  const [draft, setDraft] = useState(config);
  const [secret, setSecret] = useState('');
  const save = $api.useMutation('post', '/api/robot/third-party/config');
  const put = (change: Partial<Config>) => setDraft({ ...draft, ...change });
  return (
    <FormModal
      title={t('callbacks.title')}
      action={t('shell:save')}
      isOpen
      onClose={onClose}
      size="lg"
      onSubmit={async () => {
        await save.mutateAsync({ body: { ...draft, ...(secret !== '' && { secretKey: secret }) } });
        await client.invalidateQueries({ queryKey: ['get', CONFIG] });
        notifyDone(t('callbacks.saved'));
      }}
    >
      {() => (
        <Stack gap="sm">
          {URLS.map((name) => (
            <TextInput
              key={name}
              type="url"
              label={t(`callbacks.${name}`)}
              placeholder="https://…"
              value={draft[name] ?? ''}
              onChange={(event) => put({ [name]: event.currentTarget.value.trim() || null })}
              {...configRobotThirdParty[name]}
            />
          ))}
          <PasswordInput
            label={t('callbacks.secretKey')}
            description={t('callbacks.secretText')}
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
            {...configRobotThirdParty.secretKey}
            autoComplete="off"
          />
          <Group>
            <Switch
              label={t('callbacks.enableSignature')}
              checked={draft.enableSignature}
              onChange={(event) => put({ enableSignature: event.currentTarget.checked })}
            />
            <Switch
              label={t('callbacks.isActive')}
              checked={draft.isActive}
              onChange={(event) => put({ isActive: event.currentTarget.checked })}
            />
          </Group>
        </Stack>
      )}
    </FormModal>
  );
}
