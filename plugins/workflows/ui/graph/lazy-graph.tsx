/** The graph, whose library is loaded when one is shown. */
import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { WorkflowGraphProps } from './workflow-graph.tsx';

const Graph = lazy(async () => ({ default: (await import('./workflow-graph.tsx')).WorkflowGraph }));

export function WorkflowGraph(props: WorkflowGraphProps) {
  return (
    <Suspense fallback={<Skeleton height={320} />}>
      <Graph {...props} />
    </Suspense>
  );
}
