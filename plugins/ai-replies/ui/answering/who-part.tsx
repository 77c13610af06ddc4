/** Who answers for the robot: the models in their order, one of them first, an assistant alone, a program, or people. Changed at once. */
import { Anchor, Select } from '@mantine/core';
import { $api, type AnswerOf, ifVersion, Link, notifyDone, notifyFailed, Panel } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { type Provider, useProviders, useReadAgain } from '../parts/ai-data.ts';

export const ROBOT = '/api/platform/robots/robots/{id}';
export type RobotAnswer = AnswerOf<typeof ROBOT>;
const MODES = ['builtin', 'third_party', 'none'] as const;
type Mode = (typeof MODES)[number];

interface Who {
  aiMode: Mode;
  aiProvider: string | null;
}

const IN_ORDER: Who = { aiMode: 'builtin', aiProvider: null };
const PROGRAM: Who = { aiMode: 'third_party', aiProvider: null };
const PEOPLE: Who = { aiMode: 'none', aiProvider: null };
const keyOf = ({ aiMode, aiProvider }: Who) => JSON.stringify([aiMode, aiProvider]);

export function WhoPart({ robot }: { robot: RobotAnswer }) {
  const { t } = useTranslation('ai-replies');
  const providers = useProviders();
  const change = $api.useMutation('patch', ROBOT);
  const readAgain = useReadAgain(ROBOT);
  const now = whoOf(robot);
  const all = choicesOf(providers.data?.items ?? [], now);
  const put = async (who: Who) => {
    try {
      const header = ifVersion(robot.version);
      await change.mutateAsync({ params: { path: { id: robot.id }, header }, body: { ...who } });
      notifyDone(t('who.saved'));
    } catch (error) {
      notifyFailed(error);
    } finally {
      await readAgain();
    }
  };
  const labelOf = ({ aiMode, aiProvider }: Who) => {
    if (aiMode === 'none') return t('who.people');
    if (aiProvider === null) return t(aiMode === 'builtin' ? 'who.inOrder' : 'who.program');
    return t(aiMode === 'builtin' ? 'who.first' : 'who.alone', { name: aiProvider });
  };
  return (
    <Panel title={t('who.title')}>
      <Select
        label={t('who.answers')}
        description={
          <>
            {t('who.text')}{' '}
            <Anchor component={Link} to="/settings/ai/models" size="xs" underline="always">
              {t('who.toModels')}
            </Anchor>
          </>
        }
        data={all.map((who) => ({ value: keyOf(who), label: labelOf(who) }))}
        value={keyOf(now)}
        onChange={(value) => {
          const wish = all.find((who) => keyOf(who) === value);
          if (wish && keyOf(wish) !== keyOf(now)) void put(wish);
        }}
        disabled={change.isPending || !providers.data}
        allowDeselect={false}
      />
    </Panel>
  );
}

/** Nobody who is asked by this server answers: people, or a program that the callbacks tell. */
export function isElsewhere(robot: RobotAnswer): boolean {
  const { aiMode, aiProvider } = whoOf(robot);
  return aiMode === 'none' || (aiMode === 'third_party' && aiProvider === null);
}

function whoOf({ settings: { aiMode, aiProvider } }: RobotAnswer): Who {
  return {
    aiMode: MODES.find((one) => one === aiMode) ?? 'builtin',
    aiProvider: typeof aiProvider === 'string' && aiProvider !== '' ? aiProvider : null,
  };
}

/** What somebody has set elsewhere is among them. */
function choicesOf(providers: readonly Provider[], now: Who): Who[] {
  const named = providers.map(
    ({ name, assistant }): Who => ({ aiMode: assistant ? 'third_party' : 'builtin', aiProvider: name }),
  );
  const all = [IN_ORDER, ...named, PROGRAM, PEOPLE];
  return all.some((who) => keyOf(who) === keyOf(now)) ? all : [now, ...all];
}
