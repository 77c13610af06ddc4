/** The state of a task as a sign: its shape says it as well as its colour. */
import IconAlertCircleFilled from '@tabler/icons-react/dist/esm/icons/IconAlertCircleFilled.mjs';
import IconBan from '@tabler/icons-react/dist/esm/icons/IconBan.mjs';
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs';
import IconClock from '@tabler/icons-react/dist/esm/icons/IconClock.mjs';
import IconLoader2 from '@tabler/icons-react/dist/esm/icons/IconLoader2.mjs';
import IconPlayerSkipForward from '@tabler/icons-react/dist/esm/icons/IconPlayerSkipForward.mjs';
import classes from './graph.module.css';

const ICONS = {
  running: IconLoader2,
  waiting: IconClock,
  completed: IconCircleCheckFilled,
  faulted: IconAlertCircleFilled,
  skipped: IconPlayerSkipForward,
  cancelled: IconBan,
};

export function StatusIcon({ status }: { status: string }) {
  const Sign = Object.entries(ICONS).find(([name]) => name === status)?.[1] ?? IconClock;
  return <Sign size={18} className={classes.status} data-status={status} aria-hidden />;
}
