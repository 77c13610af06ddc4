/** What an expression gives, asked of the server a moment after it has changed. */
import { Code, Group, Text } from '@mantine/core';
import { messageOf } from 'patchbay-platform/ui';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditing } from '../model/context.ts';
import { codeOf, tryExpression } from '../model/trying.ts';
import { variablesAt, withVariables } from './variables.ts';

const PAUSE_MS = 500;
const LONGEST = 600;

type Result = { kind: 'value' | 'error'; text: string } | null;

export function ExpressionPreview({ expression, pointer }: { expression: string; pointer: string }) {
  const { t } = useTranslation('workflows');
  const { t: shell } = useTranslation();
  const { session, sample, definition } = useEditing();
  const [result, setResult] = useState<Result>(null);
  const input = sample.inputOf(pointer);
  const code = codeOf(expression);

  useEffect(() => {
    // Of what nobody knows it would give something else.
    if (code === '' || input === undefined) {
      setResult(null);
      return;
    }
    const stopped = new AbortController();
    const timer = setTimeout(() => {
      const whole = withVariables(code, sample, pointer, definition);
      const asked = tryExpression(
        whole,
        input,
        variablesAt(sample, pointer, definition, session.reading.get().tree),
        stopped.signal,
      );
      void resultOf(asked, shell('failure.offline')).then((next) => {
        if (!stopped.signal.aborted) setResult(next);
      });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [code, input, sample, pointer, definition, session, shell]);

  if (!result) return null;
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" aria-live="polite">
      <Text size="xs" c="dimmed">
        {t(result.kind === 'value' ? 'editor.preview.gives' : 'editor.preview.fails')}
      </Text>
      <Code
        block={false}
        c={result.kind === 'error' ? 'var(--mantine-color-error)' : 'var(--mantine-color-text)'}
        fz="xs"
      >
        {result.text}
      </Code>
    </Group>
  );
}

async function resultOf(asked: ReturnType<typeof tryExpression>, offline: string): Promise<Result> {
  try {
    const tried = await asked;
    if (!tried) return null;
    if (tried.error !== undefined) return { kind: 'error', text: cut(tried.error) };
    return { kind: 'value', text: cut(JSON.stringify(tried.output) ?? 'null') };
  } catch (error) {
    return { kind: 'error', text: cut(messageOf(error, offline)) };
  }
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
