/** `patchbay audit:accept`. */
import type { Command } from '#core/plugin.ts';
import type { AuditScope } from './services.ts';

export const auditAccept: Command = {
  name: 'audit:accept',
  summary: 'Take the audit log as it is now, after its ends were found not to fit; the log says so',
  async run(_args, { auditChains, auditLog }: AuditScope) {
    const problem = await auditChains.problemAtEnds();
    if (problem === null) {
      process.stdout.write('Nothing to accept: the ends of the audit log fit.\n');
      return;
    }
    await auditChains.accept();
    await auditLog.record({ action: 'audit.accepted', actor: null, detail: { problem } });
    process.stdout.write(`Accepted. It was: ${problem}.\n`);
  },
};
