/** What is told in a corner of the page, and to screen readers. */
import { Notifications } from '@mantine/notifications';
import '@mantine/notifications/styles.css';

export default function Messages() {
  return <Notifications position="bottom-right" aria-live="polite" role="status" />;
}
