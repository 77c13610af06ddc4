/** The server's settings, with the first area open. */
import { SettingsPage } from '../parts/settings-page.tsx';

export default function ServerSettings() {
  return <SettingsPage wanted={null} />;
}
