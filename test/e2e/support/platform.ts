/** A platform with its web UI and an administrator, for tests in a browser. */
import { authConfig } from '#test/support/accounts.ts';
import { startPlatform, type TestOptions, type TestPlatform } from '#test/support/harness.ts';

/** Of a server whose pages promise mail; with `catchMails` it goes nowhere. */
export const CAN_SEND = { mailer: { transport: 'smtp', smtp: { host: '127.0.0.1', port: 1 } } };

/** `plugins` beside `admin` and `auth`. */
export function startPages(
  plugins: TestOptions['plugins'] & object = {},
  options: TestOptions = {},
): Promise<TestPlatform> {
  return startPlatform({
    ...options,
    plugins: { auth: authConfig, admin: {}, ...plugins },
    config: { http: { rateLimit: { enabled: false } }, ...options.config },
  });
}
