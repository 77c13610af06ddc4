/** Asking a provider of one's own earlier or later. Those of the configuration come after them, in the order of the file. */
import { $api, notifyFailed } from 'patchbay-platform/ui';
import { PROVIDER, PROVIDERS, type Provider, useReadAgain } from '../parts/ai-data.ts';

export interface Moves {
  up?: () => void;
  down?: () => void;
}

export function useMove(all: readonly Provider[]): { of(provider: Provider): Moves } {
  const change = $api.useMutation('patch', PROVIDER);
  const readAgain = useReadAgain(PROVIDERS);
  const own = all.filter(({ source }) => source === 'own');
  /** Places are given anew to all of them: those of providers that are gone left holes. */
  const put = async (order: readonly Provider[]) => {
    try {
      for (const [place, { name }] of order.entries())
        await change.mutateAsync({ params: { path: { name } }, body: { place } });
    } catch (error) {
      notifyFailed(error);
    } finally {
      await readAgain();
    }
  };
  const swapped = (one: number, other: number) => {
    const order = [...own];
    const [first, second] = [order[one], order[other]];
    if (first && second) [order[one], order[other]] = [second, first];
    return order;
  };
  return {
    of({ name }) {
      const place = own.findIndex((one) => one.name === name);
      return {
        ...(place > 0 && { up: () => void put(swapped(place - 1, place)) }),
        ...(place >= 0 && place < own.length - 1 && { down: () => void put(swapped(place, place + 1)) }),
      };
    },
  };
}
