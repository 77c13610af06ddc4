/** On the page of a robot, how it answers: when, as whom, from what, and what is held back; beside it a bench to try it out. */
import { Alert, Button, Grid, Group, Stack } from '@mantine/core';
import { $api, Loaded, NotSaved, notifyDone, type PlaceProps, useLeaveGuard } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NoModelNotice } from '../models/no-model-notice.tsx';
import { useReadAgain } from '../parts/ai-data.ts';
import { Consent } from '../parts/ai-page.tsx';
import classes from './bench.module.css';
import { GuardPart } from './guard-part.tsx';
import { KnowledgePart } from './knowledge-part.tsx';
import { PersonaPart } from './persona-part.tsx';
import { POLICY, type Policy, type PolicyAnswer } from './policy-data.ts';
import { SentencesPart } from './sentences-part.tsx';
import { TestBench } from './test-bench.tsx';
import { TimesPart } from './times-part.tsx';
import { flatOf, useVersionedPolicy, wholeOf } from './versioned-policy.ts';
import { WhenPart } from './when-part.tsx';
import { isElsewhere, ROBOT, type RobotAnswer, WhoPart } from './who-part.tsx';

export default function RobotRules({ robotId }: PlaceProps<'robots.answering'>) {
  const { t } = useTranslation('ai-replies');
  const robot = $api.useQuery('get', ROBOT, { params: { path: { id: robotId } } });
  const policy = $api.useQuery('get', POLICY, { params: { path: { robotId } } });
  return (
    <Stack>
      <Consent />
      {robot.data && !isElsewhere(robot.data) && <NoModelNotice />}
      {robot.data && isElsewhere(robot.data) && (
        <Alert color="yellow" title={t('answering.notBuiltin')}>
          {t('answering.notBuiltinText')}
        </Alert>
      )}
      {policy.data && !policy.data.is_set && (
        <Alert color="blue" title={t('answering.notSet')}>
          {t(policy.data.policy.approval ? 'answering.notSetDrafts' : 'answering.notSetAlone')}
        </Alert>
      )}
      <Loaded of={policy}>
        {(answer) => <Both key={robotId} answer={answer} robotId={robotId} robot={robot.data} />}
      </Loaded>
    </Stack>
  );
}

interface BothProps {
  answer: PolicyAnswer;
  robotId: string;
  robot: RobotAnswer | undefined;
}

function Both({ answer, robotId, robot }: BothProps) {
  const { t } = useTranslation('ai-replies');
  const [written, setWritten] = useState<Partial<Policy>>({});
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const readAgain = useReadAgain(POLICY);
  const versioned = useVersionedPolicy(robotId, answer, Object.keys(written).length === 0);
  const before = wholeOf(versioned.opened ?? flatOf(answer));
  const draft = { ...before, ...written };
  const isChanged = JSON.stringify(draft) !== JSON.stringify(before);
  useLeaveGuard(isChanged);
  const part = { policy: draft, onChange: (change: Partial<Policy>) => setWritten({ ...written, ...change }) };
  const reset = () => {
    setWritten({});
    setError(null);
    versioned.restart();
  };
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      await versioned.save(draft);
      notifyDone(t('answering.saved'));
      await readAgain();
      setWritten({});
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Grid>
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <Stack>
            {robot && <WhoPart robot={robot} />}
            <WhenPart {...part} />
            <PersonaPart {...part} />
            <KnowledgePart {...part} />
            <GuardPart {...part} />
            <TimesPart {...part} />
            <SentencesPart {...part} />
            {error !== null && <NotSaved error={error} form={versioned} />}
            <Group pos="sticky" bottom={0} py="sm" bg="var(--mantine-color-body)" style={{ zIndex: 1 }}>
              <Button type="submit" loading={isBusy} disabled={!isChanged}>
                {t('shell:save')}
              </Button>
              {isChanged && (
                <Button variant="default" onClick={reset}>
                  {t('answering.reset')}
                </Button>
              )}
            </Group>
          </Stack>
        </form>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <div className={classes.beside}>
          <TestBench robotId={robotId} isChanged={isChanged} />
        </div>
      </Grid.Col>
    </Grid>
  );
}
