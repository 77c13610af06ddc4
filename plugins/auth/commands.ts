/** `patchbay user:create` and `patchbay audit:accept`. */
import { AppError, type Command } from '#core/plugin.ts';
import type { AuthScope } from './scope.ts';

export const userCreate: Command = {
  name: 'user:create',
  summary: 'Make an account',
  arguments: [
    { flags: '--email <address>', description: 'e-mail address' },
    { flags: '--username <name>', description: 'user name' },
    { flags: '--password <password>', description: 'password; better in the environment as PASSWORD' },
    { flags: '--name <name>', description: 'full name' },
    { flags: '--superadmin', description: 'may administer the platform' },
  ],
  async run(args, { db, registration, passwordChanges }: AuthScope) {
    const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
    const password = text(args.password) ?? process.env.PASSWORD;
    const email = text(args.email);
    const username = text(args.username);
    if (!email && !username) throw new AppError('missing_argument', 'Give --email or --username', { status: 400 });
    if (!password) throw new AppError('missing_argument', 'Give --password, or set PASSWORD', { status: 400 });
    const passwordHash = await passwordChanges.hashOf(password);
    const user = await db.transaction((trx) =>
      registration.create(trx, {
        email,
        username,
        fullName: text(args.name),
        passwordHash,
        isSuperadmin: args.superadmin === true,
        emailVerified: true,
      }),
    );
    process.stdout.write(`Made ${user.email ?? user.username} (${user.uuid}).\n`);
  },
};

export const auditAccept: Command = {
  name: 'audit:accept',
  summary: 'Take the audit log as it is now, after its ends were found not to fit; the log says so',
  async run(_args, { auditChains, auditLog }: AuthScope) {
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
