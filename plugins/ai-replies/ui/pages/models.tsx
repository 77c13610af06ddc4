/** Models: the providers that are asked, in their order; one's own are added, changed, tried out and removed here. */
import { Button, Stack, Text } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { Loaded, later, useLiveRefresh } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NoModel } from '../models/no-model.tsx';
import { ProviderItem } from '../models/provider-item.tsx';
import { useMove } from '../models/use-move.ts';
import { type Provider, useProviders } from '../parts/ai-data.ts';
import { AiPage } from '../parts/ai-page.tsx';
import { useMayAdminister } from '../parts/rights.ts';

const ProviderForm = later(() => import('../models/provider-form.tsx').then(({ ProviderForm }) => ProviderForm));
const TryDialog = later(() => import('../models/try-dialog.tsx').then(({ TryDialog }) => TryDialog));
const FileDialog = later(() => import('../models/file-dialog.tsx').then(({ FileDialog }) => FileDialog));
const RemoveProvider = later(() =>
  import('../models/remove-provider.tsx').then(({ RemoveProvider }) => RemoveProvider),
);

type Open = { what: 'new' } | { what: 'edit' | 'try' | 'file' | 'remove'; provider: Provider } | null;

export default function Models() {
  const { t } = useTranslation('ai-replies');
  const mayChange = useMayAdminister();
  const providers = useProviders();
  const [open, setOpen] = useState<Open>(null);
  const move = useMove(providers.data?.items ?? []);
  useLiveRefresh(['ai.provider.down', 'ai.reply.generated', 'ai.reply.held'], () => providers.refetch());
  const close = () => setOpen(null);
  const currency = providers.data?.currency ?? '';
  const isEmpty = providers.data?.items.length === 0;
  return (
    <AiPage
      title={t('models.title')}
      intro={t('models.intro')}
      actions={
        mayChange &&
        !isEmpty && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen({ what: 'new' })}>
            {t('models.addAny')}
          </Button>
        )
      }
    >
      <Loaded of={providers}>
        {({ items }) =>
          items.length === 0 ? (
            <NoModel currency={currency} />
          ) : (
            <>
              {items.length > 1 && (
                <Text size="sm" c="dimmed">
                  {t('models.order')}
                </Text>
              )}
              <Stack component="ol" p={0} m={0} gap="sm">
                {items.map((provider, place) => (
                  <ProviderItem
                    key={provider.name}
                    provider={provider}
                    currency={currency}
                    place={place}
                    {...(mayChange && {
                      onOpen: (what: 'edit' | 'try' | 'file' | 'remove') => setOpen({ what, provider }),
                      move: move.of(provider),
                    })}
                  />
                ))}
              </Stack>
            </>
          )
        }
      </Loaded>
      {open?.what === 'new' && <ProviderForm provider={null} currency={currency} onClose={close} />}
      {open?.what === 'edit' && <ProviderForm provider={open.provider} currency={currency} onClose={close} />}
      {open?.what === 'try' && <TryDialog provider={open.provider} currency={currency} onClose={close} />}
      {open?.what === 'file' && <FileDialog provider={open.provider} onClose={close} />}
      {open?.what === 'remove' && <RemoveProvider provider={open.provider} onClose={close} />}
    </AiPage>
  );
}
