/** Spans of messages that come in by SMTP: counts, and no word of who writes to whom. */
import { isAppError } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { SmtpRefusal } from './receive-message.ts';

interface Incoming {
  recipients: readonly unknown[];
  way: string;
  /** How much of it has come. */
  bytes(): number;
}

/** One for each message, which begins a trace. That it is refused is no failure. */
export function tracedMessage(
  tracing: Services['tracing'],
  name: 'smtp receive' | 'smtp submit',
  { recipients, way, bytes }: Incoming,
  work: () => Promise<void>,
): Promise<void> {
  const attributes = { 'patchbay.smtp.recipients': recipients.length, 'patchbay.smtp.with': way };
  const options = { kind: 'server', parent: null, attributes, isFailure } as const;
  return tracing.span(name, options, async (span) => {
    try {
      await work();
    } catch (error) {
      span.set({ 'patchbay.smtp.refused': !isFailure(error) });
      throw error;
    } finally {
      span.set({ 'patchbay.smtp.bytes': bytes() });
    }
  });
}

function isFailure(error: unknown): boolean {
  return !(error instanceof SmtpRefusal || (isAppError(error) && error.status < 500));
}
