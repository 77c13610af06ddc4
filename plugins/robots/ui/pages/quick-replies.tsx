/** The quick replies of an organisation, kept where its settings are. */
import { Page, Panel } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { RepliesList } from '../inbox/quick-replies-list.tsx';

export default function QuickReplies() {
  const { t } = useTranslation('robots');
  return (
    <Page title={t('replies.title')} intro={t('replies.intro')}>
      <Panel title={t('replies.keep')}>
        <RepliesList conversation={null} />
      </Panel>
    </Page>
  );
}
