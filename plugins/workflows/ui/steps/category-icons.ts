/** The icon of each category of steps. */
import type { Icon } from '@tabler/icons-react';
import IconCoin from '@tabler/icons-react/dist/esm/icons/IconCoin.mjs';
import IconGitBranch from '@tabler/icons-react/dist/esm/icons/IconGitBranch.mjs';
import IconKey from '@tabler/icons-react/dist/esm/icons/IconKey.mjs';
import IconMail from '@tabler/icons-react/dist/esm/icons/IconMail.mjs';
import IconPuzzle from '@tabler/icons-react/dist/esm/icons/IconPuzzle.mjs';
import IconRobot from '@tabler/icons-react/dist/esm/icons/IconRobot.mjs';
import IconSparkles from '@tabler/icons-react/dist/esm/icons/IconSparkles.mjs';
import IconTerminal from '@tabler/icons-react/dist/esm/icons/IconTerminal.mjs';
import IconUserCheck from '@tabler/icons-react/dist/esm/icons/IconUserCheck.mjs';
import IconWorld from '@tabler/icons-react/dist/esm/icons/IconWorld.mjs';
import type { Category } from './categories.ts';

const ICONS: Readonly<Record<Category, Icon>> = {
  mail: IconMail,
  robots: IconRobot,
  ai: IconSparkles,
  licences: IconKey,
  money: IconCoin,
  people: IconUserCheck,
  web: IconWorld,
  logic: IconGitBranch,
  code: IconTerminal,
  more: IconPuzzle,
};

export function categoryIcon(category: Category): Icon {
  return ICONS[category];
}
