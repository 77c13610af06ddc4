/** Which entries of the pages are of use to somebody at the moment: their conditions (`when`), asked of the plugins that have them. */
import type { Principal } from '../access/principal.ts';
import { inTime } from '../in-time.ts';
import type { Logger } from '../observability/log.ts';
import type { Plugin } from '../plugin.ts';
import type { Services } from '../services.ts';
import { type Unmet, usable } from './entries.ts';
import type { When } from './pages.ts';

export interface Conditions {
  /** Those that do not hold; only those of entries that the principal may see are asked. */
  unmetFor(principal: Principal, log: Logger): Promise<Unmet>;
}

export function createConditions(plugins: readonly Plugin[], scopeOf: (plugin: Plugin) => Services): Conditions {
  return {
    async unmetFor(principal, log) {
      const asking = plugins
        .map((plugin) => ({ plugin, asked: conditionsOf(plugin, principal) }))
        .filter(({ asked }) => asked.length > 0);
      const answers = asking.map(async ({ plugin, asked }) => {
        const holding = await Promise.all(asked.map((when) => holds(plugin, when, principal, log)));
        return [plugin.name, new Set(asked.filter((_, place) => !holding[place]))] as const;
      });
      return new Map(await Promise.all(answers));
    },
  };

  /** What cannot be answered is shown: a menu that lacks a page says more than one whose page says why it fails. */
  async function holds(plugin: Plugin, when: When, principal: Principal, log: Logger): Promise<boolean> {
    try {
      return await inTime(() => when(principal, scopeOf(plugin) as never));
    } catch (error) {
      log.error({ err: error, plugin: plugin.name }, 'The condition of an entry of the pages could not be asked');
      return true;
    }
  }
}

/** Several entries with the same condition ask it once. */
function conditionsOf({ pages = {} }: Plugin, principal: Principal): When[] {
  const { navigation = [], commands = [], cards = [] } = pages;
  const entries = usable(principal, [...navigation, ...commands, ...cards]);
  return [...new Set(entries.flatMap(({ when }) => (when ? [when] : [])))];
}
