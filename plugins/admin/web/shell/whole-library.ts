/** All of Mantine with its styles, of which our own pages load what they draw: pages of others import it by its bare name. */
export const loadWholeLibrary = (): Promise<unknown> => import('patchbay-host:@mantine/core');
