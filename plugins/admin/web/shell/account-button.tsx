/** The button that stands for the person; pointing at it gets what it opens. */
import { ActionIcon, type ActionIconProps } from '@mantine/core';
import IconUserCircle from '@tabler/icons-react/dist/esm/icons/IconUserCircle.mjs';
import type { ComponentPropsWithRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '../client/me.ts';

export interface AccountMenuProps {
  me: Me;
  onShortcuts(): void;
  onCalls(): void;
}

export function nameOf(me: Me): string {
  return me.user?.full_name || me.user?.username || me.user?.email || me.kind;
}

export function AccountButton({
  person,
  ...props
}: { person: Me } & ActionIconProps & ComponentPropsWithRef<'button'>) {
  const { t } = useTranslation();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      radius="xl"
      aria-haspopup="menu"
      aria-label={t('account.menu', { name: nameOf(person) })}
      {...props}
    >
      <IconUserCircle size={24} aria-hidden />
    </ActionIcon>
  );
}
