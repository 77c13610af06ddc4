/** Whether a conversation that nobody has is assigned to the first who takes it over or answers it. Saved when it is switched. */
import { Switch } from '@mantine/core';
import { notifyFailed, Panel } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { type Settings, useVersionedSetting } from './tenant-setting.ts';

export function Assigning({ of: settings }: { of: Settings }) {
  const { t } = useTranslation('robots');
  const { before, save } = useVersionedSetting<object>('robots_assign_by_answering', settings, {
    readSaved: (saved) => (saved === false ? null : {}),
    toSaved: (value) => value !== null,
    title: t('assigning.title'),
    labels: {},
    isWritten: false,
  });
  const isOn = before !== null;
  return (
    <Panel title={t('assigning.title')}>
      <Switch
        label={t('assigning.label')}
        description={t(isOn ? 'assigning.on' : 'assigning.off')}
        checked={isOn}
        onChange={({ currentTarget }) => void save(currentTarget.checked ? {} : null).catch(notifyFailed)}
      />
    </Panel>
  );
}
