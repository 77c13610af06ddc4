/** A page of AI in tabs, of which the address names the open one. */
import { Tabs } from '@mantine/core';
import { TabsList, useUrlState } from 'patchbay-platform/ui';
import type { ComponentType } from 'react';
import { AiPage } from './ai-page.tsx';

interface AiTabsProps {
  title: string;
  intro: string;
  /** By their names in the address; the first is open when it names none. */
  tabs: Record<string, ComponentType>;
  nameOf(tab: string): string;
}

export function AiTabs({ tabs, nameOf, ...page }: AiTabsProps) {
  const [address, setAddress] = useUrlState();
  const all = Object.entries(tabs);
  const [open, Open] = all.find(([name]) => name === address.tab) ?? all[0] ?? [];
  if (!open || !Open) return null;
  return (
    <AiPage {...page}>
      <Tabs value={open} onChange={(value) => setAddress({ tab: value === all[0]?.[0] ? null : value })}>
        <TabsList open={open} mb="md">
          {all.map(([name]) => (
            <Tabs.Tab key={name} value={name}>
              {nameOf(name)}
            </Tabs.Tab>
          ))}
        </TabsList>
        <Tabs.Panel value={open}>
          <Open />
        </Tabs.Panel>
      </Tabs>
    </AiPage>
  );
}
