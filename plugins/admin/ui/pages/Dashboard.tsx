/** The start: what is going on, and what needs a person. */
import { Page } from 'patchbay/ui';
import { useTranslation } from 'react-i18next';

export default function Dashboard() {
  const { t } = useTranslation('admin');
  return <Page title={t('dashboard.title')}>{null}</Page>;
}
