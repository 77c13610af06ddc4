/** A draft of a broadcast, made or changed: what is said, by which robots, to whom, how fast. Nothing is sent yet. */
import { MultiSelect, NumberInput, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, FormModal, issueOf, tellDone, useRouter } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRobotChoices } from '../parts/robots-data.ts';
import { VariablesHelp } from '../parts/variables-help.tsx';
import { audienceOf, draftOf, isAsked } from './audience.ts';
import { AudienceFields } from './audience-fields.tsx';
import { AudienceSize } from './audience-size.tsx';
import { BROADCAST, BROADCASTS, type Broadcast } from './broadcasts-data.ts';

const USUAL_PACE = 20;
const FASTEST = 600;
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
  const keep = useKeep(broadcast);
  return (
    <FormModal
      title={t(broadcast ? 'broadcasts.change' : 'broadcasts.new')}
      action={t(broadcast ? 'shell:save' : 'broadcasts.make')}
      isOpen
      onClose={onClose}
      onSubmit={() => keep({ name: name.trim(), content, robots, audience, excluded, per_minute })}
      size="lg"
      isReady={name.trim() !== '' && content.trim() !== '' && robots.length > 0 && isAsked(audience)}
    >
      {(error) => (
        <Stack gap="sm">
          <TextInput
            label={t('list.name')}
            value={name}
            onChange={(event) => put({ name: event.currentTarget.value })}
            maxLength={200}
            required
            data-autofocus
            error={issueOf(error, 'name')}
          />
          <Textarea
            label={t('test.text')}
            value={content}
            onChange={(event) => put({ content: event.currentTarget.value })}
            maxLength={2_000}
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
            min={1}
            max={FASTEST}
            allowDecimal={false}
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
  const save = $api.useMutation('patch', BROADCAST);
  const readAgain = (path: string) => client.invalidateQueries({ queryKey: ['get', path] });
  return async (body: Pick<Broadcast, keyof typeof NEW>) => {
    if (broadcast) {
      const params = { path: { id: broadcast.id }, header: { 'If-Match': `"${broadcast.version}"` } };
      await save.mutateAsync({ params, body });
      await Promise.all([readAgain(BROADCAST), readAgain(BROADCASTS)]);
      return tellDone(t('broadcasts.saved'));
    }
    const { id } = await make.mutateAsync({ params: { header: { 'Idempotency-Key': key } }, body });
    await readAgain(BROADCASTS);
    go(`/robots/broadcasts/${id}`);
  };
}
