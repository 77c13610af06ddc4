/** Another version of a workflow that is there. */
import { $api, Loaded, useParam } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { Writing } from '../editor/writing.tsx';

export default function Editor() {
  const path = { namespace: useParam('namespace'), name: useParam('name') };
  const { t } = useTranslation('workflows');
  const query = $api.useQuery('get', '/api/platform/workflows/{namespace}/{name}', { params: { path } });
  const key = `${path.namespace}/${path.name}`;
  return (
    <Loaded of={query} failed={{ title: key, trail: [{ title: t('workflows.title'), to: '/automations/workflows' }] }}>
      {({ source, etag, draft }) => <Writing key={key} began={{ address: path, source, etag, isDraft: draft }} />}
    </Loaded>
  );
}
