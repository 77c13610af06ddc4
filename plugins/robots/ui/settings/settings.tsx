/** What an organisation sets for the conversations of its robots, beside its working hours; part of its settings. */
import { Loaded } from 'patchbay-platform/ui';
import { Assigning } from './assigning.tsx';
import { KeptDays } from './kept-days.tsx';
import { Rating } from './rating.tsx';
import { useSettings } from './tenant-setting.ts';

export default function Settings() {
  const settings = useSettings();
  return (
    <Loaded of={settings} lines={6}>
      {(answer) => (
        <>
          <Assigning of={answer} />
          <Rating of={answer} />
          <KeptDays of={answer} />
        </>
      )}
    </Loaded>
  );
}
