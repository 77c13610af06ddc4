/** Reads delivery status notifications (RFC 3464). */
import type { Attachment } from 'postal-mime';
import { storable } from '#core/database/storable.ts';

export interface Bounce {
  action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  /** Enhanced status code (RFC 3463), e.g. 5.1.1. */
  status: string;
  diagnostic: string;
}

const ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;
const MAX_DIAGNOSTIC = 500;

/** The report about the first recipient; one notification is about one of our recipients, because each has its own envelope. */
export function bounceOf(attachments: readonly Attachment[]): Bounce | null {
  const report = attachments.find(({ mimeType }) => /^message\/(global-)?delivery-status$/i.test(mimeType));
  if (!report) return null;
  const text = Buffer.from(bytesOf(report))
    .toString('utf8', 0, 64 * 1024)
    .replace(/\r?\n[ \t]+/g, ' ');
  const action = ACTIONS.find((one) => one === field(text, 'action').toLowerCase());
  if (!action) return null;
  return {
    action,
    status: /^[245]\.\d{1,3}\.\d{1,3}/.exec(field(text, 'status'))?.[0] ?? '',
    diagnostic: storable(field(text, 'diagnostic-code'), MAX_DIAGNOSTIC),
  };
}

export function bytesOf({ content }: Attachment): Uint8Array {
  if (typeof content === 'string') return Buffer.from(content);
  return content instanceof Uint8Array ? content : new Uint8Array(content);
}

function field(text: string, name: string): string {
  return new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(text)?.[1]?.trim() ?? '';
}
