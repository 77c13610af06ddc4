/** The icon of each way in which a workflow may begin. */
import type { Icon } from '@tabler/icons-react';
import IconBolt from '@tabler/icons-react/dist/esm/icons/IconBolt.mjs';
import IconClock from '@tabler/icons-react/dist/esm/icons/IconClock.mjs';
import IconCoin from '@tabler/icons-react/dist/esm/icons/IconCoin.mjs';
import IconHandClick from '@tabler/icons-react/dist/esm/icons/IconHandClick.mjs';
import IconKey from '@tabler/icons-react/dist/esm/icons/IconKey.mjs';
import IconMail from '@tabler/icons-react/dist/esm/icons/IconMail.mjs';
import IconMessage from '@tabler/icons-react/dist/esm/icons/IconMessage.mjs';
import IconRepeat from '@tabler/icons-react/dist/esm/icons/IconRepeat.mjs';
import IconWebhook from '@tabler/icons-react/dist/esm/icons/IconWebhook.mjs';
import type { Entry } from './entries.ts';

const ICONS: Readonly<Record<Entry, Icon>> = {
  mail: IconMail,
  message: IconMessage,
  at: IconClock,
  every: IconRepeat,
  call: IconWebhook,
  licence: IconKey,
  payment: IconCoin,
  event: IconBolt,
  hand: IconHandClick,
};

export function entryIcon(entry: Entry): Icon {
  return ICONS[entry];
}
