/** Parts of pages that are loaded when they are first shown. */
import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { DefinitionTasksProps } from './definition-tasks.tsx';

const Tasks = lazy(() => import('./definition-tasks.tsx'));

export function DefinitionTasks(props: DefinitionTasksProps) {
  return (
    <Suspense fallback={<Skeleton height={320} />}>
      <Tasks {...props} />
    </Suspense>
  );
}

export const RunDialog = lazy(() => import('./run-dialog.tsx'));
export const ReplayDialog = lazy(() => import('./replay-dialog.tsx'));
export const Versions = lazy(() => import('./versions.tsx'));
