/** The documentation, where it is needed: all guides with their sections. */

import guides from 'virtual:guides';
import { Anchor, List, Paper, SimpleGrid, Title } from '@mantine/core';
import { Link, Page } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

const MOST_SECTIONS = 8;

export default function Help() {
  const { t } = useTranslation('admin');
  return (
    <Page title={t('help.title')} intro={t('help.intro')}>
      <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
        {guides.map(({ name, title, sections }) => (
          <Paper key={name} component="section" withBorder radius="md" p="md" lang="en">
            <Title order={2} size="h5" mb="xs">
              <Anchor component={Link} to={`/help/${name}`} inherit>
                {title}
              </Anchor>
            </Title>
            <List size="sm" spacing={4}>
              {sections.slice(1, MOST_SECTIONS + 1).map((section) => (
                <List.Item key={section.slug}>
                  <Anchor component={Link} to={`/help/${name}#${section.slug}`} size="sm">
                    {section.title}
                  </Anchor>
                </List.Item>
              ))}
            </List>
          </Paper>
        ))}
      </SimpleGrid>
    </Page>
  );
}
