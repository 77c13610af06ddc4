/** Whether the person may change licences, and not only see them. */
import { useMay } from 'patchbay-platform/ui';

export function useMayManage(): boolean {
  return useMay()('licensing.import');
}
