/** Everything that is wrong with the text; each leads to its place. */
import { Alert, Anchor, List } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../model/use-problems.ts';

const SHOWN = 5;

export function ProblemList({ problems, onGo }: { problems: readonly Problem[]; onGo(problem: Problem): void }) {
  const { t } = useTranslation('workflows');
  if (problems.length === 0) return null;
  return (
    <Alert color="red" p="xs" mt="xs" title={t('editor.problems', { count: problems.length })}>
      <List size="sm" spacing={2}>
        {problems.slice(0, SHOWN).map((problem) => (
          <List.Item key={`${problem.path} ${problem.line} ${problem.message}`}>
            <Anchor component="button" type="button" size="sm" ta="start" onClick={() => onGo(problem)}>
              {problem.step === undefined
                ? t('editor.problem', { line: problem.line, message: problem.message })
                : problem.message}
            </Anchor>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
