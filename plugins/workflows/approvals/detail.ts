/** What a wait for approval holds: read, and written again, sealed as it was where it names secrets. */
import type { Services } from '#core/plugin.ts';
import { hiddenIn, sealed, unsealed } from '../engine/secret-texts.ts';
import type { WaitRow } from '../engine/tables.ts';
import type { ApprovalDetail } from '../engine/tasks/approve.ts';

type Sealing = Pick<Services, 'secrets'>;
type Kept = Pick<WaitRow, 'execution_id' | 'detail'>;

export function detailOf(services: Sealing, { execution_id, detail }: Kept): ApprovalDetail {
  return JSON.parse(unsealed(services, execution_id, detail));
}

export function storedDetail(services: Sealing, { execution_id, detail }: Kept, after: ApprovalDetail): string {
  return sealed(services, execution_id, JSON.stringify(after), hiddenIn(services, execution_id, [detail]));
}
