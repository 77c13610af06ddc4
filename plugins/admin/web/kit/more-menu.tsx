/** What is seldom done with a thing, behind three dots: `Menu.Item`s. */
import { ActionIcon, type ActionIconProps, Menu } from '@mantine/core';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import type { ReactNode } from 'react';

export interface MoreMenuProps extends Pick<ActionIconProps, 'size' | 'variant'> {
  label: string;
  children: ReactNode;
}

export function MoreMenu({ label, children, variant = 'subtle', ...look }: MoreMenuProps) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant={variant} color={variant === 'subtle' ? 'gray' : undefined} aria-label={label} {...look}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
