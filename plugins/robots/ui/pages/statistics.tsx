/** Figures of all robots that the viewer may see, or of one. */
import { Select } from '@mantine/core';
import { Page, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { FiguresPanel } from '../parts/figures-panel.tsx';
import { useRobotChoices } from '../parts/robots-data.ts';

export default function Statistics() {
  const { t } = useTranslation('robots');
  const [{ robot }, setAddress] = useUrlState();
  const choices = useRobotChoices();
  return (
    <Page
      title={t('statistics.title')}
      intro={t('statistics.intro')}
      actions={
        <Select
          aria-label={t('statistics.robot')}
          placeholder={t('statistics.all')}
          data={choices}
          value={robot ?? null}
          onChange={(value) => setAddress({ robot: value })}
          clearable
          searchable
          w={240}
        />
      }
    >
      <FiguresPanel {...(robot && { robot })} />
    </Page>
  );
}
