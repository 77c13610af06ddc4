/** Whom the robot answers, and when. */
import { Select, Stack, Switch, TagsInput } from '@mantine/core';
import { Panel } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { setAiPolicy } from '../bounds.ts';
import { ToSettings } from '../parts/to-settings.tsx';
import type { PartProps } from './policy-data.ts';

const GROUPS = setAiPolicy.groups.values;
const HOURS = setAiPolicy.hours.values;

export function WhenPart({ policy, onChange }: PartProps) {
  const { t } = useTranslation('ai-replies');
  return (
    <Panel title={t('when.title')}>
      <Stack gap="sm">
        <Switch
          label={t('when.private')}
          checked={policy.private === 'always'}
          onChange={(event) => onChange({ private: event.currentTarget.checked ? 'always' : 'never' })}
        />
        <Select
          label={t('when.groups')}
          data={GROUPS.map((value) => ({ value, label: t(`when.group.${value}`) }))}
          value={policy.groups}
          onChange={(value) => onChange({ groups: GROUPS.find((one) => one === value) ?? policy.groups })}
          allowDeselect={false}
        />
        {policy.groups === 'keywords' && (
          <TagsInput
            label={t('when.keywords')}
            description={t('when.keywordsText')}
            value={policy.keywords}
            onChange={(keywords) => onChange({ keywords })}
            maxTags={setAiPolicy.keywords.maxItems}
          />
        )}
        <Select
          label={t('when.hours')}
          description={
            <>
              {t('when.hoursText')} <ToSettings of="hours" />
            </>
          }
          data={HOURS.map((value) => ({ value, label: t(`when.hour.${value}`) }))}
          value={policy.hours}
          onChange={(value) => onChange({ hours: HOURS.find((one) => one === value) ?? policy.hours })}
          allowDeselect={false}
        />
      </Stack>
    </Panel>
  );
}
