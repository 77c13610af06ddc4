/** Making a robot: its name; how it answers is set on its own page. */
import { TextInput } from '@mantine/core';
import { $api, FormModal, issueOf, notifyDone, useRouter } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createRobot } from '../bounds.ts';
import { ROBOTS, useReadRobotsAgain } from './robots-data.ts';

interface NewRobotProps {
  onClose(): void;
  /** Where one stays on the page; else its own is opened. */
  staysHere?: boolean;
}

export function NewRobot({ onClose, staysHere = false }: NewRobotProps) {
  const { t } = useTranslation('robots');
  const { go } = useRouter();
  const [name, setName] = useState('');
  const readAgain = useReadRobotsAgain();
  const make = $api.useMutation('post', ROBOTS);
  const submit = async () => {
    const robot = await make.mutateAsync({ body: { name: name.trim() } });
    await readAgain();
    notifyDone(t('list.made', { name: robot.name }));
    if (!staysHere) go(`/assistants/${robot.id}`);
  };
  return (
    <FormModal
      title={t('list.new')}
      action={t('list.make')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      isReady={name.trim() !== ''}
    >
      {(error) => (
        <TextInput
          label={t('list.name')}
          description={t('list.nameText')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          {...createRobot.name}
          required
          error={issueOf(error, 'name')}
          data-autofocus
        />
      )}
    </FormModal>
  );
}
