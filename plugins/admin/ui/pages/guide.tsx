/** One guide of the documentation. */

import guides from 'virtual:guides';
import pages from 'virtual:guides/pages';
import { Anchor, Table, Typography } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { EmptyState, type GuideNode, Link, Loaded, Page, useParam } from 'patchbay-platform/ui';
import { createElement, type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

export default function GuidePage() {
  const { t } = useTranslation('admin');
  const name = useParam('name');
  const guide = guides.find((one) => one.name === name);
  const load = pages[name];
  const text = useQuery({
    queryKey: ['guide', name],
    enabled: load !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await load?.())?.default ?? [],
  });
  const isThere = text.data !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is there after the address
  useEffect(() => {
    const section = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    section?.scrollIntoView();
  }, [name, isThere]);
  return (
    <Page title={guide?.title ?? t('help.title')} trail={[{ title: t('help.title'), to: '/help' }]}>
      {guide ? (
        <Loaded of={text}>
          {/* The title stands above already. */}
          {(nodes) => (
            <Typography maw={860} lang="en">
              {drawn(nodes.slice(1))}
            </Typography>
          )}
        </Loaded>
      ) : (
        <EmptyState title={t('help.none')} />
      )}
    </Page>
  );
}

function drawn(nodes: readonly GuideNode[]): ReactNode[] {
  // Nothing of a guide ever moves, so that its place is name enough.
  return nodes.map((node, place) => (typeof node === 'string' ? node : element(node, place)));
}

function element({ tag, to, slug, in: within }: Exclude<GuideNode, string>, key: number): ReactNode {
  if (tag === 'a' && to?.startsWith('/')) {
    return (
      <Anchor key={key} component={Link} to={to} inherit>
        {drawn(within)}
      </Anchor>
    );
  }
  if (tag === 'a') {
    return (
      <Anchor key={key} href={to} target="_blank" rel="noreferrer" inherit>
        {drawn(within)}
      </Anchor>
    );
  }
  if (tag === 'table') {
    return (
      <Table.ScrollContainer key={key} minWidth={500}>
        <table>{drawn(within)}</table>
      </Table.ScrollContainer>
    );
  }
  if (tag === 'hr' || tag === 'br') return createElement(tag, { key });
  return createElement(
    tag,
    { key, ...(slug && { id: slug }), ...(tag === 'pre' && { tabIndex: 0 }) },
    ...drawn(within),
  );
}
