/** `patchbay user:create` and `patchbay setup:link`. */
import { AppError, type Command } from '#core/plugin.ts';
import { hashOf } from './password-hash.ts';
import type { AccountsScope } from './services.ts';

export const userCreate: Command = {
  name: 'user:create',
  summary: 'Create an account',
  arguments: [
    { flags: '--email <address>', description: 'e-mail address' },
    { flags: '--username <name>', description: 'user name' },
    { flags: '--password <password>', description: 'password; better in the environment as PASSWORD' },
    { flags: '--name <name>', description: 'full name' },
    { flags: '--superadmin', description: 'may administer the platform' },
  ],
  async run(args, { db, registration, passwords }: AccountsScope) {
    const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
    const password = text(args.password) ?? process.env.PASSWORD;
    const email = text(args.email);
    const username = text(args.username);
    if (!email && !username) throw new AppError('missing_argument', 'Give --email or --username', { status: 400 });
    if (!password) throw new AppError('missing_argument', 'Give --password, or set PASSWORD', { status: 400 });
    const passwordHash = await hashOf(passwords, password);
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

/** Nothing of links is in the memory of a server, so a new one is good at once. */
export const setupLink: Command = {
  name: 'setup:link',
  summary: 'Print a set-up link, which makes the administrator; earlier ones end',
  besideServer: true,
  async run(_args, { registration, coreConfig }: AccountsScope) {
    const { publicUrl } = coreConfig.http;
    const token = await registration.setupLink();
    const text =
      token === null
        ? `There is an administrator already: sign in at ${publicUrl}/sign-in`
        : `Make the administrator at ${publicUrl}/setup?token=${token}\nThe link works once, for a day.`;
    process.stdout.write(`${text}\n`);
  },
};
