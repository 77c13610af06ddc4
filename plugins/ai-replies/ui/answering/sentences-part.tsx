/** What the robot says when it cannot or may not answer. */
import { Stack, Textarea } from '@mantine/core';
import { Panel } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { setAiPolicy } from '../bounds.ts';
import type { PartProps } from './policy-data.ts';

const NAMES = ['handover', 'closed', 'unknown', 'refused'] as const;

export function SentencesPart({ policy: { sentences }, onChange }: PartProps) {
  const { t } = useTranslation('ai-replies');
  return (
    <Panel title={t('sentences.title')}>
      <Stack gap="sm">
        {NAMES.map((name) => (
          <Textarea
            key={name}
            label={t(`sentences.${name}`)}
            placeholder={t('sentences.usual')}
            value={sentences[name]}
            onChange={(event) => onChange({ sentences: { ...sentences, [name]: event.currentTarget.value } })}
            {...setAiPolicy.sentences[name]}
            autosize
          />
        ))}
      </Stack>
    </Panel>
  );
}
