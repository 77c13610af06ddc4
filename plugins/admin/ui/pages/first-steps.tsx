/** The first minutes: the domain, a first mail that arrives on the page, a first workflow that runs. Nothing else is needed. */
import { Button, Group, Stepper, Text, VisuallyHidden } from '@mantine/core';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import { $api, EmptyState, Link, Page, useMe, useStore, useUrlState, Waiting } from 'patchbay-platform/ui';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AddressStep } from '../parts/address-step.tsx';
import { DomainStep } from '../parts/domain-step.tsx';
import { FirstMailStep } from '../parts/first-mail-step.tsx';
import { firstSteps, keptDomain } from '../parts/first-steps-state.ts';
import { FirstWorkflowStep } from '../parts/first-workflow-step.tsx';

interface Step {
  id: 'address' | 'domain' | 'mail' | 'workflow' | 'done';
  part: ReactNode;
}

export default function FirstSteps() {
  const { t } = useTranslation('admin');
  const { plugins } = useMe();
  const [{ step: wanted }, setUrl] = useUrlState();
  const has = (name: string) => plugins.some((plugin) => plugin.name === name);
  const go = (step: Step['id']) => setUrl({ step }, { replace: false });
  const steps: Step[] = [
    ...(has('mail')
      ? [
          {
            id: 'domain' as const,
            part: (
              <DomainStep
                onNext={() => {
                  keptDomain.set('yes');
                  go('mail');
                }}
              />
            ),
          },
          { id: 'mail' as const, part: <FirstMailStep onNext={() => go(has('workflows') ? 'workflow' : 'done')} /> },
        ]
      : [{ id: 'address' as const, part: <AddressStep onNext={() => go(has('workflows') ? 'workflow' : 'done')} /> }]),
    ...(has('workflows') ? [{ id: 'workflow' as const, part: <FirstWorkflowStep onNext={() => go('done')} /> }] : []),
    { id: 'done', part: <Done /> },
  ];
  const isPassed = usePassed(wanted === undefined);
  const active =
    wanted === undefined
      ? steps.findIndex(({ id }) => id === 'done' || !isPassed?.(id))
      : Math.max(
          0,
          steps.findIndex(({ id }) => id === wanted),
        );
  const shown = steps[active];
  useFocusOnStep(wanted);
  const page = { title: t('firstSteps.title'), intro: t('firstSteps.intro'), actions: <BackToList /> };
  if (isPassed === null)
    return (
      <Page {...page}>
        <Waiting />
      </Page>
    );
  return (
    <Page {...page}>
      <Stepper
        active={shown?.id === 'done' ? steps.length : active}
        onStepClick={(index) => go(steps[index]?.id ?? 'domain')}
        size="sm"
        iconSize={32}
        wrap={false}
      >
        {steps.map(({ id }) => (
          <Stepper.Step
            key={id}
            label={
              <>
                <Text span inherit visibleFrom="sm">
                  {t(`firstSteps.steps.${id}`)}
                </Text>
                <VisuallyHidden hiddenFrom="sm">{t(`firstSteps.steps.${id}`)}</VisuallyHidden>
              </>
            }
          />
        ))}
      </Stepper>
      <div
        id={STEP}
        tabIndex={-1}
        style={{ outline: 'none' }}
        role="region"
        aria-label={t(`firstSteps.steps.${shown?.id}`)}
      >
        {shown?.part}
      </div>
    </Page>
  );
}

/** The steps of the check-list that these are, as the server says them. */
const ASKED = { mail: 'mail.receive', workflow: 'workflows.first' } as const;

/** Whether a step was done already; null until the server has said so. Without an answer none is. */
function usePassed(isNeeded: boolean): ((id: Step['id']) => boolean) | null {
  const steps = $api.useQuery('get', '/api/platform/first-steps', {}, { enabled: isNeeded, staleTime: 0 });
  // Once: who does a step stays at it, which has more to show, and leaves it by its button.
  const [isKept] = useState(() => keptDomain.get() === 'yes');
  const [done, setDone] = useState<readonly string[] | null>(null);
  if (isNeeded && done === null) {
    if (steps.isFetchedAfterMount) setDone((steps.data?.items ?? []).filter((step) => step.done).map(({ id }) => id));
    return null;
  }
  const isDone = (step: string) => done?.includes(step) === true;
  return (id) => {
    if (id === 'domain') return isKept || isDone('mail.domain') || isDone(ASKED.mail);
    return (id === 'mail' || id === 'workflow') && isDone(ASKED[id]);
  };
}

/** Who wants no guide has the check-list; who has put that away gets it back here. */
function BackToList() {
  const { t } = useTranslation('admin');
  const state = useStore(firstSteps);
  if (state === 'done') return null;
  return (
    <Button component={Link} to="/" variant="default" onClick={() => firstSteps.set('open')}>
      {t(state === 'dismissed' ? 'firstSteps.showList' : 'firstSteps.dismiss')}
    </Button>
  );
}

const STEP = 'first-step';

/** Who goes on by keyboard goes on in the new step. */
function useFocusOnStep(step: string | undefined): void {
  const former = useRef(step);
  useEffect(() => {
    if (former.current === step) return;
    former.current = step;
    document.getElementById(STEP)?.focus();
  }, [step]);
}

function Done() {
  const { t } = useTranslation('admin');
  useEffect(() => firstSteps.set('done'), []);
  return (
    <EmptyState
      icon={<IconCheck size={24} />}
      title={t('firstSteps.doneTitle')}
      text={t('firstSteps.doneText')}
      action={
        <Group mt="sm">
          <Button component={Link} to="/">
            {t('firstSteps.toDashboard')}
          </Button>
          <Button component="a" href="/docs" variant="default">
            {t('firstSteps.toDocs')}
          </Button>
        </Group>
      }
    />
  );
}
