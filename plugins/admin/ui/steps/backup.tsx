/** First steps: a backup made at once, and when the next ones come, in a sheet. */
import { Button, Group, Stack } from '@mantine/core';
import IconDatabase from '@tabler/icons-react/dist/esm/icons/IconDatabase.mjs';
import { useQueryClient } from '@tanstack/react-query';
import { $api, notifyFailed, OperationProgress, Sheet, type StepProps, useOperation } from 'patchbay-platform/ui';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BackupUpkeep } from '../parts/backup-upkeep.tsx';
import { SettingsArea } from '../parts/settings-area.tsx';

export default function BackupStep({ title, onClose }: StepProps) {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const [begun, setBegun] = useState<string | null>(null);
  const make = $api.useMutation('post', '/api/platform/backups', {
    onSuccess: ({ id }) => setBegun(id),
    onError: notifyFailed,
  });
  const upkeep = $api.useQuery('get', '/api/platform/backups/upkeep');
  const operation = useOperation(begun).data;
  const state = operation?.state;
  useEffect(() => {
    if (state === 'done') void queries.invalidateQueries({ queryKey: ['get', '/api/platform/backups/upkeep'] });
  }, [state, queries]);
  return (
    <Sheet title={title} onClose={onClose} size="xl">
      <Stack>
        <Group>
          <Button
            leftSection={<IconDatabase size={16} aria-hidden />}
            loading={make.isPending || state === 'running'}
            onClick={() => make.mutate({})}
          >
            {t('backups.make')}
          </Button>
        </Group>
        {operation && <OperationProgress operation={operation} />}
        <BackupUpkeep />
        {upkeep.data?.schedule === null && <SettingsArea area="backups" />}
      </Stack>
    </Sheet>
  );
}
