/** Tools that models may call: what waits for a person, which robot may call what, and the servers that offer them. */
import { useTranslation } from 'react-i18next';
import { AiTabs } from '../parts/ai-tabs.tsx';
import { CallsTab } from '../tools/calls-tab.tsx';
import { RobotsTab } from '../tools/robots-tab.tsx';
import { ServersTab } from '../tools/servers-tab.tsx';

const TABS = { calls: CallsTab, robots: RobotsTab, servers: ServersTab };

export default function Tools() {
  const { t } = useTranslation('ai-replies');
  const nameOf = (tab: string) => t(`tools.tab.${tab}`);
  return <AiTabs title={t('tools.title')} intro={t('tools.intro')} tabs={TABS} nameOf={nameOf} />;
}
