/** The workflow itself in fields: its name, what starts it, how long it may take. */
import { isRecord, SchemaForm } from 'patchbay-platform/ui';
import { useMemo } from 'react';
import { differences } from '../edits/differences.ts';
import { setHead } from '../edits/index.ts';
import { useEditing } from '../model/context.ts';
import { ExpressionField } from './expression-field.tsx';
import { headSchema } from './task-schemas.ts';
import { useFieldTexts } from './texts.ts';

const HEAD = ['document', 'schedule', 'timeout', 'evaluate'];

export function HeadForm({ isDisabled }: { isDisabled: boolean }) {
  const { session, definition } = useEditing();
  const texts = useFieldTexts();
  const schema = useMemo(() => headSchema(texts), [texts]);
  const held = isRecord(definition) ? definition : {};
  const head = Object.fromEntries(Object.entries(held).filter(([key]) => HEAD.includes(key)));
  return (
    <SchemaForm
      schema={schema}
      value={head}
      isDisabled={isDisabled}
      Expression={ExpressionField}
      onChange={(next) => {
        const [change] = differences(head, next);
        if (!change) return;
        const value = change.kind === 'remove' ? undefined : change.value;
        session.edit((text) => setHead(text, change.path, value), { isTyping: true });
      }}
    />
  );
}
