/** What is told above the page, and to screen readers. */
import { Notifications } from '@mantine/notifications';
import '@mantine/notifications/styles.css';

export default function Messages() {
  return <Notifications position="top-center" aria-live="polite" role="status" />;
}
