/** How often a room is answered, and how long further messages are waited for. */
import { NumberInput, SimpleGrid, Stack, Switch } from '@mantine/core';
import { Panel } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { setAiPolicy } from '../bounds.ts';
import type { PartProps } from './policy-data.ts';

/** As the configuration has them unless somebody changes it. */
const USUAL_GATHER = { pause_seconds: 3, most_seconds: 15 };

export function TimesPart({ policy, onChange }: PartProps) {
  const { t } = useTranslation('ai-replies');
  const { rate, gather } = policy;
  return (
    <Panel title={t('times.title')}>
      <Stack gap="sm">
        <Switch
          label={t('times.gather')}
          description={t('times.gatherText')}
          checked={gather !== null}
          onChange={(event) => onChange({ gather: event.currentTarget.checked ? USUAL_GATHER : null })}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          {gather !== null && (
            <>
              <NumberInput
                label={t('times.pause')}
                value={gather.pause_seconds}
                onChange={(value) => onChange({ gather: { ...gather, pause_seconds: Number(value) || 0 } })}
                {...setAiPolicy.gather.pause_seconds}
              />
              <NumberInput
                label={t('times.most')}
                value={gather.most_seconds}
                onChange={(value) => onChange({ gather: { ...gather, most_seconds: Number(value) || 0 } })}
                {...setAiPolicy.gather.most_seconds}
              />
            </>
          )}
          <NumberInput
            label={t('times.answers')}
            value={rate.answers}
            onChange={(value) => onChange({ rate: { ...rate, answers: Number(value) || 1 } })}
            {...setAiPolicy.rate.answers}
          />
          <NumberInput
            label={t('times.minutes')}
            value={rate.minutes}
            onChange={(value) => onChange({ rate: { ...rate, minutes: Number(value) || 1 } })}
            {...setAiPolicy.rate.minutes}
          />
          <NumberInput
            label={t('times.coolDown')}
            value={policy.cool_down_seconds}
            onChange={(value) => onChange({ cool_down_seconds: Number(value) || 0 })}
            {...setAiPolicy.cool_down_seconds}
          />
          <NumberInput
            label={t('times.failures')}
            value={policy.failures}
            onChange={(value) => onChange({ failures: Number(value) || 1 })}
            {...setAiPolicy.failures}
          />
        </SimpleGrid>
      </Stack>
    </Panel>
  );
}
