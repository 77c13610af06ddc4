/** The first fifteen minutes as a check-list: how each line stands the server says, and each is done in a sheet on this page. */
import { Anchor, Button, Group, Progress, Stack, Text, ThemeIcon } from '@mantine/core';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconCircle from '@tabler/icons-react/dist/esm/icons/IconCircle.mjs';
import { CatchBoundary } from '@tanstack/react-router';
import {
  $api,
  type AnswerOf,
  Failure,
  Link,
  Panel,
  Sheet,
  SheetForms,
  textIn,
  useMay,
  useStepPart,
  useStore,
} from 'patchbay-platform/ui';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { firstSteps } from './first-steps-state.ts';

const STEPS = '/api/platform/first-steps';
/** A mail that comes, or a colleague's work, is seen soon. */
const EVERY_MS = 30_000;

type Step = AnswerOf<typeof STEPS>['items'][number];

/** Nothing when all is done, or when it is not wanted. */
export function CheckList() {
  const { t } = useTranslation('admin');
  const wish = useStore(firstSteps);
  const isGuided = useMay()('admin.firstSteps') && wish === 'open';
  const [open, setOpen] = useState<Step | null>(null);
  const steps = $api.useQuery(
    'get',
    STEPS,
    {},
    {
      enabled: wish !== 'dismissed',
      // Who has done all of them is not asked about them for as long as the page is open.
      refetchInterval: ({ state }) => (state.data?.items.every((step) => step.done) ? false : EVERY_MS),
    },
  );
  const items = steps.data?.items ?? [];
  const done = items.filter((step) => step.done).length;
  const close = () => {
    setOpen(null);
    void steps.refetch();
  };
  if (wish === 'dismissed' || (done === items.length && open === null)) return null;
  return (
    <Panel
      title={t('checkList.title')}
      actions={
        <>
          {isGuided && (
            <Button component={Link} to="/first-steps" variant="default" size="xs">
              {t('firstSteps.begin')}
            </Button>
          )}
          <Button variant="default" size="xs" onClick={() => firstSteps.set('dismissed')}>
            {t('firstSteps.dismiss')}
          </Button>
        </>
      }
    >
      <Group gap="sm" wrap="nowrap">
        <Progress value={(done / Math.max(1, items.length)) * 100} flex={1} aria-label={t('checkList.progress')} />
        <Text size="sm" c="dimmed">
          {t('checkList.done', { done, all: items.length })}
        </Text>
      </Group>
      <Stack component="ul" gap="xs" p={0} m={0}>
        {items.map((step) => (
          <Line key={step.id} step={step} onOpen={() => setOpen(step)} />
        ))}
      </Stack>
      {open && <StepSheet key={open.id} step={open} onClose={close} />}
    </Panel>
  );
}

function Line({ step: { id, title, text, path, done }, onOpen }: { step: Step; onOpen(): void }) {
  const { t } = useTranslation('admin');
  const hasSheet = useStepPart(id) !== null;
  const name = textIn(title);
  return (
    <li style={{ listStyle: 'none' }}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Group gap="sm" wrap="nowrap" align="flex-start">
          <ThemeIcon
            variant="light"
            color={done ? 'teal' : 'gray'}
            size="sm"
            radius="xl"
            role="img"
            aria-label={t(done ? 'checkList.isDone' : 'checkList.isOpen')}
          >
            {done ? <IconCheck size={14} /> : <IconCircle size={14} />}
          </ThemeIcon>
          <div>
            <Text size="sm" fw={500} c={done ? 'dimmed' : undefined}>
              {name}
            </Text>
            {!done && (
              <Text size="xs" c="dimmed">
                {textIn(text)}
              </Text>
            )}
          </div>
        </Group>
        {!done &&
          (hasSheet ? (
            <Button size="xs" variant="light" flex="none" onClick={onOpen} aria-label={t('checkList.doIt', { name })}>
              {t('checkList.do')}
            </Button>
          ) : (
            <Anchor component={Link} to={path} size="sm" flex="none" aria-label={t('checkList.doIt', { name })}>
              {t('checkList.do')}
            </Anchor>
          ))}
      </Group>
    </li>
  );
}

function StepSheet({ step, onClose }: { step: Step; onClose(): void }) {
  const Part = useStepPart(step.id);
  const title = textIn(step.title);
  if (!Part) return null;
  return (
    <CatchBoundary
      getResetKey={() => step.id}
      errorComponent={({ error, reset }) => (
        <Sheet title={title} onClose={onClose}>
          <Failure error={error} onRetry={reset} />
        </Sheet>
      )}
    >
      <Suspense fallback={null}>
        <SheetForms>
          <Part title={title} onClose={onClose} />
        </SheetForms>
      </Suspense>
    </CatchBoundary>
  );
}
