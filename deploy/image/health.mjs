/** Whether the server in this container is alive, by http or, with `http.tls`, by https: red when a restart would help. */
import http from 'node:http';
import https from 'node:https';

const port = process.env.PATCHBAY_HTTP__PORT ?? 5000;
const LONGEST_MS = 4_000;

/** Of https it is asked whether it answers; who it is, clients ask by its name. */
function isAlive({ get }) {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path: '/health', timeout: LONGEST_MS, rejectUnauthorized: false };
    const request = get(options, (answer) => resolve(answer.statusCode === 200));
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}

process.exit((await isAlive(http)) || (await isAlive(https)) ? 0 : 1);
