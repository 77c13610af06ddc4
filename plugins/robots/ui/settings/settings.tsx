/** What an organisation sets for the conversations of its robots; stands among its settings. */
import { Loaded } from 'patchbay/ui';
import { KeptDays } from './kept-days.tsx';
import { Rating } from './rating.tsx';
import { useSettings } from './tenant-setting.ts';
import { WorkingHours } from './working-hours.tsx';

export default function Settings() {
  const settings = useSettings();
  return (
    <Loaded of={settings} lines={6}>
      {({ settings: { robots_working_hours, robots_rating, robots_message_days }, version }) => (
        <>
          <WorkingHours
            key={`hours ${JSON.stringify(robots_working_hours)}`}
            saved={robots_working_hours}
            version={version}
          />
          <Rating key={`rating ${JSON.stringify(robots_rating)}`} saved={robots_rating} version={version} />
          <KeptDays key={`days ${String(robots_message_days)}`} saved={robots_message_days} version={version} />
        </>
      )}
    </Loaded>
  );
}
