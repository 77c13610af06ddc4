/** What is read again once settings of the server have changed: they, what the menu has, and whether mail can be sent. */
interface Read {
  queryKey: readonly unknown[];
}

/** The answer on which every page stands has a key of its own (`uiQuery`). */
const UI = 'ui';

export function concernsSettings({ queryKey: [kind, path] }: Read): boolean {
  return kind === UI || (typeof path === 'string' && path.includes('/server/settings'));
}
