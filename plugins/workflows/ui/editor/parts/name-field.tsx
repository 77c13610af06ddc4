/** The name of the workflow, above everything else of it. */
import { TextInput } from '@mantine/core';
import { isRecord } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { setHead } from '../edits/index.ts';
import { useEditing } from '../model/context.ts';
import type { Problem } from '../model/use-problems.ts';

export function NameField({ problems, isDisabled }: { problems: readonly Problem[]; isDisabled: boolean }) {
  const { t } = useTranslation('workflows');
  const { session, head: definition } = useEditing();
  const document = isRecord(definition) && isRecord(definition.document) ? definition.document : {};
  const problem = problems.find(({ path }) => path === '/document/name');
  return (
    <TextInput
      label={t('editor.name')}
      value={typeof document.name === 'string' ? document.name : ''}
      disabled={isDisabled}
      error={problem?.message}
      maw={360}
      flex={1}
      onChange={(event) => {
        const name = event.currentTarget.value;
        session.edit((text) => setHead(text, ['document', 'name'], name), { isTyping: true });
      }}
    />
  );
}
