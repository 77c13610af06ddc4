/** The bare limit of SMTP: smtp-server that reads each message and forgets it. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

const server = new SMTPServer({
  disabledCommands: ['AUTH'],
  disableReverseLookup: true,
  logger: false,
  onData(stream, _session, done) {
    stream.on('end', () => done());
    stream.resume();
  },
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ smtp: (server.server.address() as AddressInfo).port }));
});
process.once('SIGTERM', () => process.exit(0));
