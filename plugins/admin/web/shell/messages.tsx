/** What is told above the page, and to screen readers. */
import { useMediaQuery } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import '@mantine/notifications/styles.css';

/** On a telephone at the foot, above the bar of areas: at the top they would hide what a page or dialog is called. */
export default function Messages() {
  const isNarrow = useMediaQuery('(max-width: 48em)');
  return <Notifications position={isNarrow ? 'bottom-center' : 'top-center'} aria-live="polite" role="status" />;
}
