/** The server's settings, with the area that the address names open. */
import { useParam } from 'patchbay-platform/ui';
import { SettingsPage } from '../parts/settings-page.tsx';

export default function ServerSettingsArea() {
  return <SettingsPage wanted={useParam('area')} />;
}
