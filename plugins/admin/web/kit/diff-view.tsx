/** Two texts compared, with what is new and what is gone in one column. CodeMirror is loaded when one is shown. */
import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { DiffViewProps } from './diff-view-props.ts';

const Diff = lazy(() => import('./diff-editor.tsx'));

export function DiffView(props: DiffViewProps) {
  return (
    <Suspense fallback={<Skeleton height={240} />}>
      <Diff {...props} />
    </Suspense>
  );
}
