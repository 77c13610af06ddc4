/** For how many days messages are kept. */
import { NumberInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SettingPanel } from './setting-panel.tsx';
import { useSaveSetting } from './tenant-setting.ts';

const USUAL_DAYS = 365;
const MOST_DAYS = 3_650;

export function KeptDays({ saved, version }: { saved: unknown; version: string }) {
  const { t } = useTranslation('robots');
  const save = useSaveSetting();
  const before = Number(saved);
  const [days, setDays] = useState(before);
  return (
    <SettingPanel
      title={t('kept.title')}
      label={t('kept.label')}
      hint={t(days > 0 ? 'kept.on' : 'kept.off')}
      isOn={days > 0}
      onSwitch={(on) => setDays(on ? before || USUAL_DAYS : 0)}
      isChanged={days !== before}
      isReady
      onSave={() => save('robots_message_days', days, before, version)}
    >
      {() => (
        <NumberInput
          label={t('kept.days')}
          value={days}
          onChange={(value) => typeof value === 'number' && setDays(value)}
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
