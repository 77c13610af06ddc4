/** What is held back: approval by a person, personal data, sensitive words. */
import { Select, SimpleGrid, Stack, Switch, TagsInput, Text } from '@mantine/core';
import { Panel } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { setAiPolicy } from '../bounds.ts';
import { ToSettings } from '../parts/to-settings.tsx';
import type { PartProps } from './policy-data.ts';

const ACTIONS = setAiPolicy.words_in.values;
const SIDES = ['words_in', 'words_out'] as const;

export function GuardPart({ policy, onChange }: PartProps) {
  const { t } = useTranslation('ai-replies');
  return (
    <Panel title={t('guard.title')}>
      <Stack gap="sm">
        <Switch
          label={t('guard.approval')}
          description={t('guard.approvalText')}
          checked={policy.approval}
          onChange={(event) => onChange({ approval: event.currentTarget.checked })}
        />
        <Switch
          label={t('guard.masking')}
          description={t('guard.maskingText')}
          checked={policy.masking}
          onChange={(event) => onChange({ masking: event.currentTarget.checked })}
        />
        <Switch
          label={t('guard.notes')}
          description={t('guard.notesText')}
          checked={policy.contact_notes}
          onChange={(event) => onChange({ contact_notes: event.currentTarget.checked })}
        />
        <TagsInput
          label={t('guard.fields')}
          description={t('guard.fieldsText')}
          value={policy.contact_fields}
          onChange={(value) => onChange({ contact_fields: value })}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          {SIDES.map((side) => (
            <Select
              key={side}
              label={t(`guard.${side}`)}
              data={ACTIONS.map((value) => ({ value, label: t(`guard.action.${value}`) }))}
              value={policy[side]}
              onChange={(value) => onChange({ [side]: ACTIONS.find((one) => one === value) ?? policy[side] })}
              allowDeselect={false}
            />
          ))}
        </SimpleGrid>
        <Text size="xs" c="dimmed">
          {t('guard.wordsText')} <ToSettings of="consent" />
        </Text>
      </Stack>
    </Panel>
  );
}
