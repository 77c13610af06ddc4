/** One workflow. */
import { $api, Loaded, Page, useParam } from 'patchbay/ui';
import { useMemo, useState } from 'react';
import { parseTasks, WorkflowGraph } from '../graph/index.ts';

export default function Workflow() {
  const [namespace, name] = [useParam('namespace'), useParam('name')];
  const path = { namespace, name };
  const query = $api.useQuery('get', '/api/platform/workflows/{namespace}/{name}', { params: { path } });
  return <Page title={name}>{<Loaded of={query}>{({ source }) => <Graph source={source} />}</Loaded>}</Page>;
}

function Graph({ source }: { source: string }) {
  const tasks = useMemo(() => parseTasks(source), [source]);
  const [selected, setSelected] = useState<string | null>(null);
  return tasks && <WorkflowGraph tasks={tasks} selected={selected} onSelect={setSelected} />;
}
