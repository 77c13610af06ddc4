/** TLS of the mail ports: files of the operator, else what the platform has for their name, else a certificate of their own. */
import type { SecureContext } from 'node:tls';
import type { SMTPServer } from 'smtp-server';
import type { KeyPair } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';

type Watched = ReturnType<Services['certificates']['watch']>;

export interface SmtpTls {
  /** What a server begins with. */
  options(): Promise<KeyPair & { SNICallback: ChooseContext }>;
  /** Gives the server another certificate whenever there is one. Gives a function that ends it. */
  follow(server: SMTPServer): () => void;
}

type ChooseContext = (host: string, done: (error: Error | null, context?: SecureContext) => void) => void;

const WHERE = 'plugins.mail.smtp.tls';

export function createSmtpTls({ certificates, config }: Services & { config: MailConfig }): SmtpTls {
  const { smtp } = config;
  let files: Watched | null = null;

  return {
    async options() {
      if (smtp.tls) files ??= certificates.watch(smtp.tls, WHERE);
      const { cert, key } = best() ?? (await certificates.selfSigned('smtp', smtp.hostname));
      return { cert, key, SNICallback: choose };
    },
    follow(server) {
      return certificates.onChange(() => {
        const pair = best();
        if (pair) server.updateSecureContext({ cert: pair.cert, key: pair.key });
      });
    },
  };

  function best(): KeyPair | null {
    return files?.current() ?? certificates.pairFor(smtp.hostname);
  }

  /** Without one, the server takes what it has. */
  function choose(host: string, done: Parameters<ChooseContext>[1]): void {
    done(null, (files ? null : certificates.contextFor(host)) ?? undefined);
  }
}
