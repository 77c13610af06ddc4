/** A peer: maildev, which keeps mail in memory and promises nothing. */
import MailDev from 'maildev';
import { freePort } from './free-port.ts';

const port = await freePort();
const maildev = new MailDev({ smtp: port, ip: '127.0.0.1', disableWeb: true, silent: true });
maildev.listen(() => console.log(JSON.stringify({ smtp: port })));
process.once('SIGTERM', () => process.exit(0));
