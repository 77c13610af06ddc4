/** A draft of a broadcast: what is said, by which robots, to whom, how fast. Nothing is sent yet. */
import { Checkbox, MultiSelect, NumberInput, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, FormModal, issueOf, useRouter, useRows } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRobotChoices } from '../parts/robots-data.ts';
import { BROADCASTS } from './broadcasts-data.ts';

const LABELS = '/api/platform/robots/labels';
const USUAL_PACE = 20;
const FASTEST = 600;

export function NewBroadcast({ onClose }: { onClose(): void }) {
  const { t } = useTranslation('robots');
  const { go } = useRouter();
  const client = useQueryClient();
  const choices = useRobotChoices();
  const { data: known = [] } = useRows(LABELS);
  const [name, setName] = useState('');
  const [content, setContent] = useState('');
  const [robots, setRobots] = useState<string[]>([]);
  const [isEverybody, setEverybody] = useState(false);
  const [labels, setLabels] = useState<string[]>([]);
  const [names, setNames] = useState<string[]>([]);
  const [excluded, setExcluded] = useState<string[]>([]);
  const [pace, setPace] = useState(USUAL_PACE);
  // The same try sent twice makes one draft.
  const [key] = useState(() => crypto.randomUUID());
  const make = $api.useMutation('post', BROADCASTS);
  const hasAudience = isEverybody || labels.length > 0 || names.length > 0;
  const submit = async () => {
    const audience = {
      ...(isEverybody && { everybody: true }),
      ...(labels.length > 0 && { labels }),
      ...(names.length > 0 && { names }),
    };
    const body = { name: name.trim(), content, robots, audience, excluded, per_minute: pace };
    const { id } = await make.mutateAsync({ params: { header: { 'Idempotency-Key': key } }, body });
    await client.invalidateQueries({ queryKey: ['get', BROADCASTS] });
    go(`/robots/broadcasts/${id}`);
  };
  return (
    <FormModal
      title={t('broadcasts.new')}
      action={t('broadcasts.make')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      size="lg"
      isReady={name.trim() !== '' && content.trim() !== '' && robots.length > 0 && hasAudience}
    >
      {(error) => (
        <Stack gap="sm">
          <TextInput
            label={t('list.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={200}
            required
            data-autofocus
            error={issueOf(error, 'name')}
          />
          <Textarea
            label={t('test.text')}
            description={t('replies.variables', { variables: '{{contact.name}}, {{robot.name}}' })}
            value={content}
            onChange={(event) => setContent(event.currentTarget.value)}
            maxLength={2_000}
            autosize
            minRows={3}
            required
            error={issueOf(error, 'content')}
          />
          <MultiSelect
            label={t('broadcasts.robots')}
            data={choices}
            value={robots}
            onChange={setRobots}
            searchable
            required
          />
          <Checkbox
            label={t('broadcasts.everybody')}
            checked={isEverybody}
            onChange={(event) => setEverybody(event.currentTarget.checked)}
          />
          {!isEverybody && known.length > 0 && (
            <MultiSelect
              label={t('broadcasts.labels')}
              data={known.map((label) => label.name)}
              value={labels}
              onChange={setLabels}
              searchable
            />
          )}
          <TagsInput
            label={t('broadcasts.names')}
            description={t('broadcasts.namesText')}
            value={names}
            onChange={setNames}
            splitChars={[',', '\n']}
          />
          <TagsInput
            label={t('broadcasts.excluded')}
            value={excluded}
            onChange={setExcluded}
            splitChars={[',', '\n']}
          />
          <NumberInput
            label={t('broadcasts.pace')}
            value={pace}
            onChange={(value) => typeof value === 'number' && setPace(value)}
            min={1}
            max={FASTEST}
            allowDecimal={false}
          />
        </Stack>
      )}
    </FormModal>
  );
}
