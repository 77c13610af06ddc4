/** Tools that models may call: what waits for a person, which robot may call what, and the servers that offer them. */
import { Tabs } from '@mantine/core';
import { TabsList, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { AiPage } from '../parts/ai-page.tsx';
import { CallsTab } from '../tools/calls-tab.tsx';
import { RobotsTab } from '../tools/robots-tab.tsx';
import { ServersTab } from '../tools/servers-tab.tsx';

const TABS = ['calls', 'robots', 'servers'] as const;
const PARTS = { calls: CallsTab, robots: RobotsTab, servers: ServersTab };

export default function Tools() {
  const { t } = useTranslation('ai-replies');
  const [address, setAddress] = useUrlState();
  const tab = TABS.find((one) => one === address.tab) ?? 'calls';
  const Part = PARTS[tab];
  return (
    <AiPage title={t('tools.title')} intro={t('tools.intro')}>
      <Tabs value={tab} onChange={(value) => setAddress({ tab: value === 'calls' ? null : value })}>
        <TabsList open={tab} mb="md">
          {TABS.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {t(`tools.tab.${value}`)}
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
