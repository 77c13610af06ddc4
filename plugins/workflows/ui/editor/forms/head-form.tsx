/** The workflow itself in fields: where it belongs, what it is for, how long it may take. Its name stands above everything. */
import { isRecord, SchemaForm } from 'patchbay-platform/ui';
import { useMemo } from 'react';
import { differences } from '../edits/differences.ts';
import { setHead } from '../edits/index.ts';
import { useEditing } from '../model/context.ts';
import { headSchema } from './task-schemas.ts';
import { useFieldTexts } from './texts.ts';

const HEAD = ['document', 'timeout', 'evaluate'];

export function HeadForm({ isDisabled }: { isDisabled: boolean }) {
  const { session, head: definition } = useEditing();
  const texts = useFieldTexts();
  const schema = useMemo(() => headSchema(texts), [texts]);
  const held = isRecord(definition) ? definition : {};
  const { name: _name, ...document } = isRecord(held.document) ? held.document : {};
  const own = Object.entries(held).filter(([key]) => HEAD.includes(key));
  const head: Record<string, unknown> = { ...Object.fromEntries(own), document };
  return (
    <SchemaForm
      schema={schema}
      value={head}
      isDisabled={isDisabled}
      onChange={(next) => {
        const [change] = differences(head, next);
        if (!change) return;
        const value = change.kind === 'remove' ? undefined : change.value;
        session.edit((text) => setHead(text, change.path, value), { isTyping: true });
      }}
    />
  );
}
