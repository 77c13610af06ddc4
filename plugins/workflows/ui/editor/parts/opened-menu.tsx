/** The menu of a button that was asked for once: opens at once, and by its button from then on. See menu-on-demand.tsx. */
import { Menu } from '@mantine/core';
import type { ComponentType } from 'react';
import type { MenuItem } from './menu-item.ts';

interface OpenedMenuProps {
  target: ComponentType<object>;
  targetProps: object;
  items: readonly MenuItem[];
}

export function OpenedMenu({ target: Target, targetProps, items }: OpenedMenuProps) {
  return (
    <Menu position="bottom-start" withinPortal defaultOpened>
      <Menu.Target>
        <Target {...targetProps} />
      </Menu.Target>
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
