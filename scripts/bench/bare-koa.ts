/** The bare limit of HTTP: Koa with one route that answers a fixed JSON. */
import type { AddressInfo } from 'node:net';
import Koa from 'koa';

const body = JSON.parse(process.argv[2] ?? '{}');
const app = new Koa();
app.use((ctx) => {
  if (ctx.path === '/api/v2/users/me') ctx.body = body;
});
const server = app.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ http: (server.address() as AddressInfo).port }));
});
process.once('SIGTERM', () => process.exit(0));
