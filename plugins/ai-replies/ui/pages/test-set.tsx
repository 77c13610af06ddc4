/** One test set: its last run compared with the one before, and its questions. */
import { Button, Group, Stack } from '@mantine/core';
import { $api, Confirm, Loaded, later, notifyDone, useParam, useRouter } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TEST_SET, TEST_SETS, type TestSet } from '../knowledge/knowledge-data.ts';
import { QuestionsPanel } from '../knowledge/questions-panel.tsx';
import { RunPanel } from '../knowledge/run-panel.tsx';
import { useReadAgain } from '../parts/ai-data.ts';
import { AiPage } from '../parts/ai-page.tsx';

const TestSetForm = later(() => import('../knowledge/test-set-form.tsx').then(({ TestSetForm }) => TestSetForm));

export default function TestSetPage() {
  const { t } = useTranslation('ai-replies');
  const id = useParam('id');
  const set = $api.useQuery('get', TEST_SET, { params: { path: { id } } });
  return (
    <AiPage
      title={set.data?.name ?? t('tests.one')}
      trail={[
        { title: t('knowledge.title'), to: '/assistants/knowledge' },
        { title: t('tests.title'), to: '/assistants/knowledge?tab=tests' },
      ]}
      actions={set.data && <Actions set={set.data} />}
    >
      <Loaded of={set}>
        {() => (
          <Stack>
            <RunPanel set={id} />
            <QuestionsPanel set={id} />
          </Stack>
        )}
      </Loaded>
    </AiPage>
  );
}

function Actions({ set }: { set: TestSet }) {
  const { t } = useTranslation('ai-replies');
  const { go } = useRouter();
  const [open, setOpen] = useState<'change' | 'delete' | null>(null);
  const readAgain = useReadAgain(TEST_SETS);
  const remove = $api.useMutation('delete', TEST_SET);
  const { id, name } = set;
  return (
    <Group gap="xs">
      <Button variant="default" onClick={() => setOpen('change')}>
        {t('tests.change')}
      </Button>
      <Button variant="default" color="red" onClick={() => setOpen('delete')}>
        {t('tests.delete')}
      </Button>
      {open === 'change' && <TestSetForm set={set} onClose={() => setOpen(null)} />}
      <Confirm
        title={t('tests.delete')}
        name={null}
        action={t('tests.delete')}
        isOpen={open === 'delete'}
        onClose={() => setOpen(null)}
        onConfirm={async () => {
          await remove.mutateAsync({ params: { path: { id } } });
          go('/assistants/knowledge?tab=tests');
          await readAgain();
          notifyDone(t('tests.deleted', { name }));
        }}
      >
        {t('tests.deleteText')}
      </Confirm>
    </Group>
  );
}
