/** What the robot answers from, and what it does when nothing fits. */
import { Anchor, MultiSelect, Select, Stack, Switch } from '@mantine/core';
import { Link, Panel, useRows } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { setAiPolicy } from '../bounds.ts';
import { BASES } from '../knowledge/knowledge-data.ts';
import type { PartProps } from './policy-data.ts';

const FLOORS = setAiPolicy.floor.values;

export function KnowledgePart({ policy, onChange }: PartProps) {
  const { t } = useTranslation('ai-replies');
  const { data: bases = [] } = useRows(BASES);
  const { knowledge } = policy;
  return (
    <Panel
      title={t('knowledge.title')}
      actions={
        <Anchor component={Link} to="/assistants/knowledge" size="sm">
          {t('policy.toKnowledge')}
        </Anchor>
      }
    >
      <Stack gap="sm">
        <Switch
          label={t('policy.allBases')}
          checked={knowledge === null}
          onChange={(event) => onChange({ knowledge: event.currentTarget.checked ? null : [] })}
        />
        {knowledge !== null && (
          <MultiSelect
            label={t('policy.bases')}
            data={bases.map(({ id, name }) => ({ value: id, label: name }))}
            value={knowledge}
            onChange={(ids) => onChange({ knowledge: ids })}
            searchable
            clearButtonProps={{ 'aria-label': t('policy.clear') }}
          />
        )}
        <Select
          label={t('policy.floor')}
          data={FLOORS.map((value) => ({ value, label: t(`policy.floors.${value}`) }))}
          value={policy.floor}
          onChange={(value) => onChange({ floor: FLOORS.find((one) => one === value) ?? policy.floor })}
          allowDeselect={false}
        />
        <Switch
          label={t('policy.citations')}
          description={t('policy.citationsText')}
          checked={policy.citations}
          onChange={(event) => onChange({ citations: event.currentTarget.checked })}
        />
        <Switch
          label={t('policy.pictures')}
          description={t('policy.picturesText')}
          checked={policy.pictures}
          onChange={(event) => onChange({ pictures: event.currentTarget.checked })}
        />
      </Stack>
    </Panel>
  );
}
