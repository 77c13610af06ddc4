/** A draft of a broadcast, made or changed: what is said, by which robots, to whom, how fast. Nothing is sent yet. */
import { MultiSelect, NumberInput, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, api, FormModal, issueOf, notifyDone, useRouter, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createRobotBroadcast } from '../bounds.ts';
import { useRobotChoices } from '../parts/robots-data.ts';
import { VariablesHelp } from '../parts/variables-help.tsx';
import { audienceOf, draftOf, isAsked } from './audience.ts';
import { AudienceFields } from './audience-fields.tsx';
import { AudienceSize } from './audience-size.tsx';
import { BROADCAST, BROADCASTS, type Broadcast } from './broadcasts-data.ts';

const USUAL_PACE = 20;
const NEW = { name: '', content: '', robots: [], audience: {}, excluded: [], per_minute: USUAL_PACE };

interface BroadcastFormProps {
  /** Null: a new one. */
  broadcast: Broadcast | null;
  onClose(): void;
}

export function BroadcastForm({ broadcast, onClose }: BroadcastFormProps) {
  const { t } = useTranslation('robots');
  const choices = useRobotChoices();
  const before: Pick<Broadcast, keyof typeof NEW> = broadcast ?? NEW;
  const [terms, setTerms] = useState(before);
  const [draft, setDraft] = useState(() => draftOf(before.audience));
  const put = (change: Partial<typeof terms>) => setTerms({ ...terms, ...change });
  const { name, content, robots, excluded, per_minute } = terms;
  const audience = audienceOf(draft);
  const { versioned, save } = useKeep(broadcast);
  return (
    <FormModal
      title={t(broadcast ? 'broadcasts.change' : 'broadcasts.new')}
      action={t(broadcast ? 'shell:save' : 'broadcasts.make')}
      isOpen
      onClose={onClose}
      onSubmit={() => save({ name: name.trim(), content, robots, audience, excluded, per_minute })}
      versioned={versioned}
      size="lg"
      isReady={name.trim() !== '' && content.trim() !== '' && robots.length > 0 && isAsked(audience)}
    >
      {(error) => (
        <Stack gap="sm">
          <TextInput
            label={t('list.name')}
            value={name}
            onChange={(event) => put({ name: event.currentTarget.value })}
            {...createRobotBroadcast.name}
            required
            data-autofocus
            error={issueOf(error, 'name')}
          />
          <Textarea
            label={t('test.text')}
            value={content}
            onChange={(event) => put({ content: event.currentTarget.value })}
            {...createRobotBroadcast.content}
            autosize
            minRows={3}
            required
            error={issueOf(error, 'content')}
          />
          <VariablesHelp onInsert={(variable) => put({ content: `${content}${variable}` })} />
          <MultiSelect
            label={t('broadcasts.robots')}
            data={choices}
            value={robots}
            onChange={(chosen) => put({ robots: chosen })}
            searchable
            required
          />
          <AudienceFields draft={draft} onChange={setDraft} />
          <TagsInput
            label={t('broadcasts.excluded')}
            value={excluded}
            onChange={(names) => put({ excluded: names })}
            splitChars={[',', '\n']}
          />
          <NumberInput
            label={t('broadcasts.pace')}
            value={per_minute}
            onChange={(value) => typeof value === 'number' && put({ per_minute: value })}
            {...createRobotBroadcast.per_minute}
          />
          <AudienceSize robots={robots} audience={audience} excluded={excluded} />
        </Stack>
      )}
    </FormModal>
  );
}

/** Makes the draft and shows it, or changes it when nobody else has meanwhile. */
function useKeep(broadcast: Broadcast | null) {
  const { t } = useTranslation('robots');
  const { go } = useRouter();
  const client = useQueryClient();
  // The same try sent twice makes one draft.
  const [key] = useState(() => crypto.randomUUID());
  const make = $api.useMutation('post', BROADCASTS);
  const change = $api.useMutation('patch', BROADCAST);
  const readAgain = (path: string) => client.invalidateQueries({ queryKey: ['get', path] });
  const choices = useRobotChoices();
  const path = { id: broadcast?.id ?? '' };
  const versioned = useVersionedForm(broadcast, {
    read: async () => (await api.GET(BROADCAST, { params: { path } })).data,
    labels: {
      name: t('list.name'),
      content: t('test.text'),
      robots: t('broadcasts.robots'),
      audience: t('broadcasts.who'),
      excluded: t('broadcasts.excluded'),
      per_minute: t('broadcasts.pace'),
    },
    textOf: (field, row) => {
      if (field === 'audience') return audienceText(row.audience);
      return field === 'robots' ? row.robots.map(nameOf).join(', ') : undefined;
    },
  });
  return { versioned, save };

  function nameOf(robot: string): string {
    return choices.find(({ value }) => value === robot)?.label ?? robot;
  }

  /** In the words of its fields. */
  function audienceText({ everybody, labels, groups, fields, names, ...heard }: Broadcast['audience']): string {
    const { seen_within_days, unseen_for_days } = heard;
    const parts = [
      everybody === true && t('broadcasts.whoIs.everybody'),
      labels && `${t('broadcasts.labels')}: ${labels.join(', ')}`,
      groups && `${t('broadcasts.groups')}: ${groups.join(', ')}`,
      fields &&
        Object.entries(fields)
          .map(([name, value]) => `${name}: ${value}`)
          .join(', '),
      seen_within_days !== undefined && `${t('broadcasts.heardIs.within')}: ${seen_within_days}`,
      unseen_for_days !== undefined && `${t('broadcasts.heardIs.before')}: ${unseen_for_days}`,
      names && `${t('broadcasts.names')}: ${names.join(', ')}`,
    ];
    return parts.filter((part) => typeof part === 'string').join('; ');
  }

  async function save(body: Pick<Broadcast, keyof typeof NEW>) {
    if (broadcast) {
      await versioned.save(body, (header, changes) => change.mutateAsync({ params: { path, header }, body: changes }));
      await Promise.all([readAgain(BROADCAST), readAgain(BROADCASTS)]);
      return notifyDone(t('broadcasts.saved'));
    }
    const { id } = await make.mutateAsync({ params: { header: { 'Idempotency-Key': key } }, body });
    await readAgain(BROADCASTS);
    go(`/inbox/broadcasts/${id}`);
  }
}
