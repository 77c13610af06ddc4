/** What a menu of the editor shows, and the button that it belongs to. */
import type { OnDemandButtonProps } from 'patchbay-platform/ui';
import type { ReactElement, Ref } from 'react';

export interface MenuItem {
  label: string;
  run(): void;
}

export interface MenuOnDemandProps {
  /** A button that has all that it is given. */
  button(props: OnDemandButtonProps & { ref?: Ref<HTMLButtonElement> }): ReactElement;
  items: readonly MenuItem[];
}
