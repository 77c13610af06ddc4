/** Makes an account of another network a robot: what the network asks for is checked with it, and nobody sees it again. */
import { PasswordInput, Select, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, FormModal, isRecord, issueOf, later, notifyDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { postChannel } from '../bounds.ts';
import { ROBOTS } from '../parts/robots-data.ts';
import { useChannelName } from './channel-name.ts';
import { CHANNEL_ROBOTS, CHANNELS } from './channels-data.ts';

const ChannelFields = later(() => import('./channel-fields.tsx').then(({ ChannelFields }) => ChannelFields));

export function NewChannelRobot({ onClose }: { onClose(): void }) {
  const { t } = useTranslation('robots');
  const client = useQueryClient();
  const nameOf = useChannelName();
  const { data: { items: channels = [] } = {} } = $api.useQuery('get', CHANNELS);
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [config, setConfig] = useState<Readonly<Record<string, unknown>>>({});
  const channel = channels.find((one) => one.name === chosen) ?? channels[0];
  const make = $api.useMutation('post', `${CHANNELS}/{channel}`);
  const texts = channel ? textsOf(channel.config) : [];
  const submit = async () => {
    if (!channel) return;
    const body = { ...config, ...(name.trim() !== '' && { name: name.trim() }) };
    const robot = await make.mutateAsync({ params: { path: { channel: channel.name } }, body });
    await Promise.all([CHANNEL_ROBOTS, ROBOTS].map((path) => client.invalidateQueries({ queryKey: ['get', path] })));
    notifyDone(t('list.made', { name: robot.name }));
  };
  return (
    <FormModal
      title={t('channels.new')}
      action={t('channels.make')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      isReady={channel !== undefined && texts.every((text) => config[text] !== undefined && config[text] !== '')}
    >
      {(error) => (
        <Stack gap="sm">
          <Select
            label={t('channels.network')}
            data={channels.map((one) => ({
              value: one.name,
              label: nameOf(one.name, one.summary),
            }))}
            value={channel?.name ?? null}
            onChange={(value) => {
              setChosen(value);
              setConfig({});
            }}
            allowDeselect={false}
          />
          {texts.map((text) => (
            <PasswordInput
              key={text}
              label={t(`channels.config.${text}`, { defaultValue: text })}
              description={t(`channels.configText.${channel?.name}_${text}`, { defaultValue: '' })}
              value={String(config[text] ?? '')}
              onChange={(event) => setConfig({ ...config, [text]: event.currentTarget.value.trim() })}
              maxLength={500}
              autoComplete="off"
              required
              data-autofocus
              error={issueOf(error, text)}
            />
          ))}
          {channel && texts.length === 0 && (
            <ChannelFields schema={channel.config} value={config} onChange={setConfig} />
          )}
          <TextInput
            label={t('list.name')}
            description={t('channels.nameText')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            {...postChannel.name}
            error={issueOf(error, 'name')}
          />
        </Stack>
      )}
    </FormModal>
  );
}

/** What is asked for when all of it are texts, which may be secrets; none when a form of its own has to be drawn. */
function textsOf({ properties }: Readonly<Record<string, unknown>>): string[] {
  const fields = isRecord(properties) ? Object.entries(properties) : [];
  return fields.every(([, field]) => isRecord(field) && field.type === 'string') ? fields.map(([name]) => name) : [];
}
