/** For how many days messages are kept. */
import { NumberInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SettingPanel } from './setting-panel.tsx';
import { type Settings, useVersionedSetting } from './tenant-setting.ts';

const USUAL_DAYS = 365;
const MOST_DAYS = 3_650;

export function KeptDays({ of: settings }: { of: Settings }) {
  const { t } = useTranslation('robots');
  const [written, setWritten] = useState<number | null>(null);
  const { form, before, save } = useVersionedSetting('robots_message_days', settings, {
    readSaved: (saved) => (Number(saved) > 0 ? { days: Number(saved) } : null),
    toSaved: (value) => value?.days ?? 0,
    title: t('kept.title'),
    labels: { days: t('kept.days') },
    isWritten: written !== null,
  });
  const kept = before?.days ?? 0;
  const days = written ?? kept;
  return (
    <SettingPanel
      title={t('kept.title')}
      label={t('kept.label')}
      hint={t(days > 0 ? 'kept.on' : 'kept.off')}
      isOn={days > 0}
      onSwitch={(on) => setWritten(on ? kept || USUAL_DAYS : 0)}
      isChanged={days !== kept}
      isReady
      onSave={() => save(days > 0 ? { days } : null)}
      onSaved={() => setWritten(null)}
      form={form}
    >
      {() => (
        <NumberInput
          label={t('kept.days')}
          value={days}
          onChange={(value) => typeof value === 'number' && setWritten(value)}
          min={1}
          max={MOST_DAYS}
          clampBehavior="strict"
          allowDecimal={false}
          maw={200}
        />
      )}
    </SettingPanel>
  );
}
