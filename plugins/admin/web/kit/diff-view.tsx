/** Two texts compared, with what is new and what is gone in one column. CodeMirror is loaded when one is shown. */
import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';

export interface DiffViewProps {
  /** For screen readers. */
  label: string;
  before: string;
  after: string;
  maxHeight?: number;
}

const Diff = lazy(() => import('./diff-editor.tsx'));

export function DiffView(props: DiffViewProps) {
  return (
    <Suspense fallback={<Skeleton height={240} />}>
      <Diff {...props} />
    </Suspense>
  );
}
