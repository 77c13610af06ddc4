/** A text with its grammar (JSON, YAML), to read or to write. CodeMirror is loaded when one is shown. */
import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { CodeViewProps } from './code-view-props.ts';

const Editor = lazy(() => import('./code-editor.tsx'));

export function CodeView(props: CodeViewProps) {
  return (
    <Suspense fallback={<Skeleton height={props.minHeight ?? 120} />}>
      <Editor {...props} />
    </Suspense>
  );
}
