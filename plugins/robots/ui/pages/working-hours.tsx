/** When people answer, and what is said outside of it: an entry of the organisation's settings. */
import { Loaded, Page } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useSettings } from '../settings/tenant-setting.ts';
import { WorkingHours } from '../settings/working-hours.tsx';

export default function WorkingHoursPage() {
  const { t } = useTranslation('robots');
  const settings = useSettings();
  return (
    <Page title={t('hours.page')} intro={t('hours.intro')}>
      <Loaded of={settings} lines={6}>
        {(answer) => <WorkingHours of={answer} />}
      </Loaded>
    </Page>
  );
}
