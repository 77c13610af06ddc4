/** The icon of each kind of task. */
import type { Icon } from '@tabler/icons-react';
import IconAlertOctagon from '@tabler/icons-react/dist/esm/icons/IconAlertOctagon.mjs';
import IconApi from '@tabler/icons-react/dist/esm/icons/IconApi.mjs';
import IconArrowsSplit from '@tabler/icons-react/dist/esm/icons/IconArrowsSplit.mjs';
import IconBroadcast from '@tabler/icons-react/dist/esm/icons/IconBroadcast.mjs';
import IconEar from '@tabler/icons-react/dist/esm/icons/IconEar.mjs';
import IconEqual from '@tabler/icons-react/dist/esm/icons/IconEqual.mjs';
import IconGitBranch from '@tabler/icons-react/dist/esm/icons/IconGitBranch.mjs';
import IconHourglassHigh from '@tabler/icons-react/dist/esm/icons/IconHourglassHigh.mjs';
import IconList from '@tabler/icons-react/dist/esm/icons/IconList.mjs';
import IconQuestionMark from '@tabler/icons-react/dist/esm/icons/IconQuestionMark.mjs';
import IconRepeat from '@tabler/icons-react/dist/esm/icons/IconRepeat.mjs';
import IconShieldCheck from '@tabler/icons-react/dist/esm/icons/IconShieldCheck.mjs';
import IconTerminal from '@tabler/icons-react/dist/esm/icons/IconTerminal.mjs';
import type { Kind } from './tasks.ts';

const ICONS: Readonly<Record<Kind, Icon>> = {
  for: IconRepeat,
  call: IconApi,
  do: IconList,
  emit: IconBroadcast,
  fork: IconArrowsSplit,
  listen: IconEar,
  raise: IconAlertOctagon,
  run: IconTerminal,
  set: IconEqual,
  switch: IconGitBranch,
  try: IconShieldCheck,
  wait: IconHourglassHigh,
};

export function kindIcon(kind: Kind | null): Icon {
  return kind ? ICONS[kind] : IconQuestionMark;
}
