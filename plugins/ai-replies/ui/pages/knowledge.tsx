/** Knowledge: its bases, what is found in them, the answers that people have given, and tests of all that. */
import { useTranslation } from 'react-i18next';
import { AnswersTab } from '../knowledge/answers-tab.tsx';
import { AskPanel } from '../knowledge/ask-panel.tsx';
import { BasesTab } from '../knowledge/bases-tab.tsx';
import { SearchPanel } from '../knowledge/search-panel.tsx';
import { TestsTab } from '../knowledge/tests-tab.tsx';
import { AiTabs } from '../parts/ai-tabs.tsx';

const TABS = { bases: BasesTab, ask: AskPanel, search: SearchPanel, answers: AnswersTab, tests: TestsTab };

export default function Knowledge() {
  const { t } = useTranslation('ai-replies');
  const nameOf = (tab: string) => t(`knowledge.tab.${tab}`);
  return <AiTabs title={t('knowledge.title')} intro={t('knowledge.intro')} tabs={TABS} nameOf={nameOf} />;
}
