/** Knowledge: its bases, what is found in them, the answers that people have given, and tests of all that. */
import { Tabs } from '@mantine/core';
import { TabsList, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { AnswersTab } from '../knowledge/answers-tab.tsx';
import { AskPanel } from '../knowledge/ask-panel.tsx';
import { BasesTab } from '../knowledge/bases-tab.tsx';
import { SearchPanel } from '../knowledge/search-panel.tsx';
import { TestsTab } from '../knowledge/tests-tab.tsx';
import { AiPage } from '../parts/ai-page.tsx';

const TABS = ['bases', 'ask', 'search', 'answers', 'tests'] as const;
const PARTS = { bases: BasesTab, ask: AskPanel, search: SearchPanel, answers: AnswersTab, tests: TestsTab };

export default function Knowledge() {
  const { t } = useTranslation('ai-replies');
  const [address, setAddress] = useUrlState();
  const tab = TABS.find((one) => one === address.tab) ?? 'bases';
  const Part = PARTS[tab];
  return (
    <AiPage title={t('knowledge.title')} intro={t('knowledge.intro')}>
      <Tabs value={tab} onChange={(value) => setAddress({ tab: value === 'bases' ? null : value })}>
        <TabsList open={tab} mb="md">
          {TABS.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {t(`knowledge.tab.${value}`)}
            </Tabs.Tab>
          ))}
        </TabsList>
        <Tabs.Panel value={tab}>
          <Part />
        </Tabs.Panel>
      </Tabs>
    </AiPage>
  );
}
