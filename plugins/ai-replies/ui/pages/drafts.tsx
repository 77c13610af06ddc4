/** Answers of AI: those that wait for a person, and all that was decided. */
import { Tabs } from '@mantine/core';
import { TabsList, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { AllReplies } from '../drafts/all-replies.tsx';
import { WaitingDrafts } from '../drafts/waiting-drafts.tsx';
import { AiPage } from '../parts/ai-page.tsx';

export default function Drafts() {
  const { t } = useTranslation('ai-replies');
  const [{ tab }, setAddress] = useUrlState();
  const shown = tab === 'all' ? 'all' : 'waiting';
  return (
    <AiPage title={t('drafts.title')} intro={t('drafts.intro')}>
      <Tabs value={shown} onChange={(value) => setAddress({ tab: value === 'all' ? 'all' : null, draft: null })}>
        <TabsList open={shown} mb="md">
          <Tabs.Tab value="waiting">{t('drafts.waiting')}</Tabs.Tab>
          <Tabs.Tab value="all">{t('drafts.all')}</Tabs.Tab>
        </TabsList>
        <Tabs.Panel value={shown}>{shown === 'all' ? <AllReplies /> : <WaitingDrafts />}</Tabs.Panel>
      </Tabs>
    </AiPage>
  );
}
