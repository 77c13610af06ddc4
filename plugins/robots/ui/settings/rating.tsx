/** Whether contacts are asked how it was when a conversation is closed, and in which words. */
import { Stack, Textarea } from '@mantine/core';
import { isRecord } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SettingPanel } from './setting-panel.tsx';
import { type Settings, useVersionedSetting } from './tenant-setting.ts';

const LONGEST = 1_000;

export function Rating({ of: settings }: { of: Settings }) {
  const { t } = useTranslation('robots');
  /** Undefined: nothing is written; null: it is to be off. */
  const [written, setDraft] = useState<{ question: string; thanks: string } | null>();
  const { form, before, save } = useVersionedSetting('robots_rating', settings, {
    readSaved: (saved) => (isRecord(saved) ? { question: String(saved.question), thanks: String(saved.thanks) } : null),
    title: t('rating.title'),
    labels: { question: t('rating.question'), thanks: t('rating.thanks') },
    isWritten: written !== undefined,
  });
  const draft = written === undefined ? before : written;
  const usual = { question: t('rating.usualQuestion'), thanks: t('rating.usualThanks') };
  return (
    <SettingPanel
      title={t('rating.title')}
      label={t('rating.label')}
      hint={t(draft ? 'rating.on' : 'rating.off')}
      isOn={draft !== null}
      onSwitch={(on) => setDraft(on ? (before ?? usual) : null)}
      isChanged={JSON.stringify(draft) !== JSON.stringify(before)}
      isReady={draft === null || (draft.question.trim() !== '' && draft.thanks.trim() !== '')}
      onSave={() => save(draft)}
      onSaved={() => setDraft(undefined)}
      form={form}
    >
      {() =>
        draft && (
          <Stack gap="sm">
            {(['question', 'thanks'] as const).map((name) => (
              <Textarea
                key={name}
                label={t(`rating.${name}`)}
                value={draft[name]}
                onChange={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
                maxLength={LONGEST}
                autosize
                minRows={2}
                required
              />
            ))}
          </Stack>
        )
      }
    </SettingPanel>
  );
}
