/** The pages of every plugin: those that are built with the shell, and those that come at run time. */

import { isRecord } from '../client/api-error.ts';
import type { Ui, UiPlugin } from '../client/me.ts';
import { knowLocales } from '../i18n/i18n.ts';
import { type Pages, UI_CONTRACT } from '../kit/define-pages.ts';
import { loadWholeLibrary } from './whole-library.ts';

const built = import.meta.glob<{ default: Pages }>('../../../*/ui/index.tsx', { eager: true });

export const builtPages: readonly Pages[] = Object.values(built).map(({ default: pages }) => pages);

export interface LoadedPages {
  pages: readonly Pages[];
  /** Why the pages of a plugin are not there. */
  failures: readonly { plugin: UiPlugin; reason: 'contract' | 'failed'; error?: unknown }[];
}

/** Those of plugins that are on; one that fails takes nobody else's down. */
export async function loadPages({ plugins }: Ui): Promise<LoadedPages> {
  const pages: Pages[] = [...builtPages];
  const failures: LoadedPages['failures'][number][] = [];
  await Promise.all(
    plugins.map(async (plugin) => {
      if (plugin.module === null) return;
      if (!plugin.fits) return void failures.push({ plugin, reason: 'contract' });
      try {
        const [module] = await Promise.all([load(plugin.module), loadWholeLibrary()]);
        const found = isRecord(module) ? module.default : undefined;
        if (!isPages(found)) throw new Error('Its module has no pages as its default export: definePages({ … })');
        if (found.contract !== UI_CONTRACT) failures.push({ plugin, reason: 'contract' });
        else pages.push(found);
      } catch (error) {
        failures.push({ plugin, reason: 'failed', error });
      }
    }),
  );
  for (const { name, locales } of pages) knowLocales(name, locales);
  return { pages, failures };
}

const load = (path: string): Promise<unknown> => import(/* @vite-ignore */ path);

function isPages(value: unknown): value is Pages {
  return isRecord(value) && typeof value.name === 'string' && Array.isArray(value.routes);
}
