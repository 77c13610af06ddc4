/** Who the robot is, and what it is there for. */
import { Stack, Textarea } from '@mantine/core';
import { Panel } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { setAiPolicy } from '../bounds.ts';
import type { PartProps } from './policy-data.ts';

export function PersonaPart({ policy, onChange }: PartProps) {
  const { t } = useTranslation('ai-replies');
  return (
    <Panel title={t('persona.title')}>
      <Stack gap="sm">
        <Textarea
          label={t('persona.persona')}
          description={t('persona.personaText')}
          placeholder={t('persona.personaExample')}
          value={policy.persona}
          onChange={(event) => onChange({ persona: event.currentTarget.value })}
          {...setAiPolicy.persona}
          autosize
          minRows={2}
          maxRows={10}
        />
        <Textarea
          label={t('persona.scenario')}
          description={t('persona.scenarioText')}
          value={policy.scenario}
          onChange={(event) => onChange({ scenario: event.currentTarget.value })}
          {...setAiPolicy.scenario}
          autosize
          minRows={3}
          maxRows={14}
        />
      </Stack>
    </Panel>
  );
}
