/** The menu of a button that was asked for once: opens at once, and by its button from then on. See menu-on-demand.tsx. */
import { Menu } from '@mantine/core';
import { useOpenAtOnce } from 'patchbay-platform/ui';
import type { MenuOnDemandProps } from './menu-item.ts';

export function OpenedMenu({ button, items }: MenuOnDemandProps) {
  const { button: ref, menu } = useOpenAtOnce();
  return (
    <Menu position="bottom-start" withinPortal {...menu}>
      <Menu.Target>{button({ ref })}</Menu.Target>
      <Menu.Dropdown>
        {items.map(({ label, run }) => (
          <Menu.Item key={label} onClick={run}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
