/** The real platform; says its ports when it serves. */
import './settable-clock.ts';
import { collectBootGarbage } from '#core/heap-after-boot.ts';
import { createPlatform } from '#core/platform.ts';
import { insidesOf } from '#test/support/insides.ts';

const startedAt = performance.timeOrigin;
const platform = await createPlatform();
const http = await platform.start();
collectBootGarbage();
// A drill may have the mail plugin off.
const smtp = insidesOf(platform).smtpReceiver?.port() ?? null;
console.log(JSON.stringify({ http, smtp, bootMs: performance.timeOrigin + performance.now() - startedAt }));
process.once('SIGTERM', () => void platform.stop().then(() => process.exit(0)));
