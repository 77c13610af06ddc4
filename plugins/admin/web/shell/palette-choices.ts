/** What the palette offers for a text: pages and actions by all their words, sections of the guides, and records. */
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouteContext } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../client/api.ts';
import { useMay, useUi } from '../client/me.ts';
import { announceSignedOut } from '../client/session-news.ts';
import { useStore } from '../client/store.ts';
import { LANGUAGES, language } from '../i18n/i18n.ts';
import { notifyFailed } from '../kit/actions.tsx';
import { holdsWords, wordsAsked } from '../kit/asked-words/asked-words.ts';
import type { FoundRecord } from '../kit/define-pages.ts';
import { useRouter } from '../kit/use-router.ts';
import { placeOf, useCommands, useMenu } from './menu.ts';
import { found, foundSections, inOrder, rankOf } from './palette-order.ts';
import { OWN_WORDS } from './palette-words.ts';
import type { LoadedPages } from './registry.ts';

export interface Choice extends Omit<FoundRecord, 'path'> {
  key: string;
  /** Of a record: the page that it is on. */
  of?: string | undefined;
  run(): unknown;
}

interface Wanted {
  key: string;
  title: string;
  words: string;
  description?: string;
  run(): unknown;
}

const WRITING_MS = 200;

/** Pages of the menu, with the area that they are in. */
export function usePageChoices(text: string): Choice[] {
  const { go } = useRouter();
  const pages = useMenu().flatMap((area) =>
    area.items.flatMap((item) =>
      [item, ...item.parts].map(({ key, title, words, path }): Wanted => {
        const above = item.key === key ? area.title : `${area.title} › ${item.title}`;
        return { key, title, words, description: above, run: () => go(path) };
      }),
    ),
  );
  return choicesOf(pages, text);
}

/** Commands of plugins, and what the shell itself can do. */
export function useActionChoices(text: string): Choice[] {
  const { go } = useRouter();
  const { pages } = usePages();
  const own = useOwnActions();
  const commands = useCommands().map(({ key, plugin, id, title, words, path }): Wanted => {
    const runs = new Map(Object.entries(pages.find(({ name }) => name === plugin)?.commands ?? {}));
    return { key, title, words, run: () => (path ? go(path) : runs.get(id)?.({ navigate: go })) };
  });
  return choicesOf([...commands, ...own], text);
}

/** Looked for in both languages, as pages are. */
function useOwnActions(): Wanted[] {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const other = useStore(language) === 'en' ? 'zh' : 'en';
  const look = t(isDark ? 'preferences.light' : 'preferences.dark');
  return [
    {
      key: 'shell.scheme',
      title: t('palette.look', { name: look }),
      words: `${look} ${OWN_WORDS.scheme}`,
      run: () => setColorScheme(isDark ? 'light' : 'dark'),
    },
    {
      key: 'shell.language',
      title: t('palette.language', { name: LANGUAGES[other] }),
      words: `${LANGUAGES[other]} ${OWN_WORDS.language}`,
      run: () => language.set(other),
    },
    {
      key: 'shell.signOut',
      title: t('account.signOut'),
      words: OWN_WORDS.signOut,
      run: () => void api.DELETE('/api/platform/auth/session').then(announceSignedOut, notifyFailed),
    },
  ];
}

/** Sections of guides; their words are loaded when somebody looks for something. */
export function useGuideChoices(text: string): Choice[] {
  const { go } = useRouter();
  const isAsked = text.trim().length > 2;
  const { data: guides = [] } = useQuery({
    queryKey: ['guides'],
    enabled: isAsked,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await import('virtual:guides/words')).default,
  });
  if (!isAsked) return [];
  const sections = guides.flatMap((guide) =>
    guide.sections.map(
      (section): Wanted => ({
        key: `guide ${guide.name} ${section.slug}`,
        title: section.title,
        words: section.words,
        ...(section.title !== guide.title && { description: guide.title }),
        run: () => go(section.title === guide.title ? `/help/${guide.name}` : `/help/${guide.name}#${section.slug}`),
      }),
    ),
  );
  return foundSections(sections, text).map(asChoice);
}

function choicesOf(all: readonly Wanted[], text: string): Choice[] {
  return found(all, text).map(asChoice);
}

function asChoice({ words: _words, ...choice }: Wanted): Choice {
  return choice;
}

/** Records of every plugin that this person may see. */
export function useRecordChoices(text: string): { choices: Choice[]; isSearching: boolean } {
  const { go } = useRouter();
  const areas = useMenu();
  const { records, isSearching } = useRecords(text);
  const choices = records.map(({ title, description, path }) => ({
    key: `record ${path} ${title}`,
    title,
    ...(description && { description }),
    of: placeOf(areas, path.replace(/\?.*/, ''))?.open.title,
    run: () => go(path),
  }));
  return { choices, isSearching };
}

function usePages(): LoadedPages {
  return useRouteContext({
    strict: false,
    select: (context: { loaded?: LoadedPages }) => context.loaded,
  } as never) as unknown as LoadedPages;
}

/** What plugins find, the best first; one that fails finds nothing. */
function useRecords(text: string): { records: readonly FoundRecord[]; isSearching: boolean } {
  const { pages } = usePages();
  const may = useMay();
  const on = new Set(useUi().plugins.map(({ name }) => name));
  const written = text.trim();
  const [wanted] = useDebouncedValue(written, WRITING_MS);
  const isAsked = isSearch(wanted);
  const {
    data = [],
    isPlaceholderData,
    isPending,
  } = useQuery({
    queryKey: ['palette', wanted],
    enabled: isAsked,
    placeholderData: keepPreviousData,
    async queryFn({ signal }): Promise<readonly FoundRecord[]> {
      const answers = await Promise.allSettled(
        pages.map(({ name, find }) => (on.has(name) && find?.(wanted, signal, may)) || []),
      );
      const records = answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
      return inOrder(records, (one) => rankOf(one, wanted));
    },
  });
  if (!isSearch(written)) return { records: [], isSearching: false };
  const isSearching = wanted !== written || isPending || isPlaceholderData;
  if (!isAsked || !isSearching) return { records: isAsked ? data : [], isSearching };
  // Until the answer to what is written now is there, of the last one only what fits.
  const words = wordsAsked(written);
  const records = data.filter(({ title, description = '' }) => holdsWords(`${title} ${description}`, words));
  return { records, isSearching };
}

function isSearch(text: string): boolean {
  return text.length > 1 && /[\p{L}\p{N}]/u.test(text);
}
