/** A peer: maildev, which keeps mail in memory and promises nothing. */
import { createServer } from 'node:net';
import MailDev from 'maildev';

const port = await freePort();
const maildev = new MailDev({ smtp: port, ip: '127.0.0.1', disableWeb: true, silent: true });
maildev.listen(() => console.log(JSON.stringify({ smtp: port })));
process.once('SIGTERM', () => process.exit(0));

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
