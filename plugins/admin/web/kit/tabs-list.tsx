/** The tabs of a page in a row. On a telephone it scrolls. */
import { Tabs, type TabsListProps } from '@mantine/core';
import { useScrollRow } from './scroll-row.ts';

/** `open`: the tab that is. */
export function TabsList({ open, ...props }: TabsListProps & { open: string }) {
  return <Tabs.List ref={useScrollRow(open)} {...props} />;
}
