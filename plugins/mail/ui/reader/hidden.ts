/** Mails that are about to be deleted: until it cannot be undone any more the server still has them. */
import { store } from 'patchbay-platform/ui';

export const hidden = store<ReadonlySet<number>>(new Set());

export function hide(id: number): void {
  hidden.set(new Set([...hidden.get(), id]));
}

export function show(id: number): void {
  hidden.set(new Set([...hidden.get()].filter((one) => one !== id)));
}
