/** Whether a conversation that nobody has is assigned to whoever takes it over, or answers it first. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SettingPanel } from './setting-panel.tsx';
import { type Settings, useVersionedSetting } from './tenant-setting.ts';

export function Assigning({ of: settings }: { of: Settings }) {
  const { t } = useTranslation('robots');
  const [written, setWritten] = useState<boolean | null>(null);
  const { form, before, save } = useVersionedSetting<object>('robots_assign_by_answering', settings, {
    readSaved: (saved) => (saved === false ? null : {}),
    toSaved: (value) => value !== null,
    title: t('assigning.title'),
    labels: {},
    isWritten: written !== null,
  });
  const isOn = written ?? before !== null;
  return (
    <SettingPanel
      title={t('assigning.title')}
      label={t('assigning.label')}
      hint={t(isOn ? 'assigning.on' : 'assigning.off')}
      isOn={isOn}
      onSwitch={setWritten}
      isChanged={isOn !== (before !== null)}
      isReady
      onSave={() => save(isOn ? {} : null)}
      onSaved={() => setWritten(null)}
      form={form}
    >
      {() => null}
    </SettingPanel>
  );
}
