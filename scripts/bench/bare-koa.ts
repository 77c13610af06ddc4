/** The bare limit of HTTP: Koa that answers a fixed JSON, with the headers that it is given, and for a POST reads and parses its JSON first. */
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import Koa from 'koa';

const body = JSON.parse(process.argv[2] ?? '{}');
const headers = JSON.parse(process.argv[3] ?? '{}');
const app = new Koa();
app.use(async (ctx) => {
  if (ctx.method === 'POST') await json(ctx.req);
  ctx.set(headers);
  ctx.body = body;
});
const server = app.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ http: (server.address() as AddressInfo).port }));
});
process.once('SIGTERM', () => process.exit(0));
