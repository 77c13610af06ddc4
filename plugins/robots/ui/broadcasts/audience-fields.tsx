/** Whom a broadcast reaches: everybody, those with a label, of a group, with a field, heard of late; and names. */
import { Fieldset, Group, MultiSelect, NumberInput, Select, Stack, TagsInput } from '@mantine/core';
import { useRows } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { createRobotBroadcast } from '../bounds.ts';
import { FieldRows } from '../parts/field-rows.tsx';
import type { AudienceDraft } from './audience.ts';

const LABELS = '/api/platform/robots/labels';
const WHO = ['everybody', 'some', 'nobody'] as const;
const HEARD = ['any', 'within', 'before'] as const;

interface AudienceFieldsProps {
  draft: AudienceDraft;
  onChange(draft: AudienceDraft): void;
}

export function AudienceFields({ draft, onChange }: AudienceFieldsProps) {
  const { t } = useTranslation('robots');
  const put = (change: Partial<AudienceDraft>) => onChange({ ...draft, ...change });
  return (
    <>
      <Select
        label={t('broadcasts.who')}
        data={WHO.map((value) => ({ value, label: t(`broadcasts.whoIs.${value}`) }))}
        value={draft.who}
        onChange={(value) => put({ who: WHO.find((one) => one === value) ?? 'some' })}
        allowDeselect={false}
      />
      {draft.who === 'some' && <Some draft={draft} put={put} />}
      <TagsInput
        label={t('broadcasts.names')}
        description={t('broadcasts.namesText')}
        value={draft.names}
        onChange={(names) => put({ names })}
        splitChars={[',', '\n']}
      />
    </>
  );
}

function Some({ draft, put }: { draft: AudienceDraft; put(change: Partial<AudienceDraft>): void }) {
  const { t } = useTranslation('robots');
  const { data: known = [] } = useRows(LABELS);
  const names = [...new Set([...known.map(({ name }) => name), ...draft.labels])];
  return (
    <Fieldset legend={t('broadcasts.allOf')} variant="filled">
      <Stack gap="sm">
        {names.length > 0 && (
          <MultiSelect
            label={t('broadcasts.labels')}
            description={t('broadcasts.labelsText')}
            data={names}
            value={draft.labels}
            onChange={(labels) => put({ labels })}
            searchable
          />
        )}
        <TagsInput
          label={t('broadcasts.groups')}
          description={t('broadcasts.groupsText')}
          value={draft.groups}
          onChange={(groups) => put({ groups })}
          splitChars={[',', '\n']}
        />
        <Group gap="xs" align="flex-end" wrap="nowrap">
          <Select
            flex={1}
            label={t('broadcasts.heard')}
            data={HEARD.map((value) => ({ value, label: t(`broadcasts.heardIs.${value}`) }))}
            value={draft.heard}
            onChange={(value) => put({ heard: HEARD.find((one) => one === value) ?? 'any' })}
            allowDeselect={false}
          />
          {draft.heard !== 'any' && (
            <NumberInput
              w={110}
              label={t('broadcasts.days')}
              value={draft.days}
              onChange={(days) => typeof days === 'number' && put({ days })}
              {...createRobotBroadcast.audience.seen_within_days}
              clampBehavior="strict"
            />
          )}
        </Group>
        <FieldRows label={t('broadcasts.fields')} fields={draft.fields} onChange={(fields) => put({ fields })} />
      </Stack>
    </Fieldset>
  );
}
