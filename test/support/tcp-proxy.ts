/** A TCP proxy whose connections a test can cut off, or leave open and dead as a vanished host does. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  port: number;
  /** Resets every connection that is open now. */
  cut(): void;
  /** Resets each connection that is open now as soon as its client sends something: in the middle of what it began. */
  cutAtNextWord(): void;
  /** Connections that are open now stay so and carry nothing any more; new ones work. */
  goSilent(): void;
  /** Until `open`: new connections are refused as well. */
  shut(): void;
  open(): void;
  /** New connections go there from now on. */
  leadTo(port: number): void;
  stop(): Promise<void>;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<[client: Socket, server: Socket]>();
  const silent = new Set<Socket>();
  let isShut = false;
  let targetPort = target.port;

  const listener = createServer((client) => {
    if (isShut) return void client.resetAndDestroy();
    const server = connect({ ...target, port: targetPort });
    const pair: [Socket, Socket] = [client, server];
    pairs.add(pair);
    client.pipe(server);
    server.pipe(client);
    for (const [socket, peer] of [pair, [server, client]] as const) {
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        silent.delete(socket);
        peer.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));

  return {
    port: (listener.address() as AddressInfo).port,
    cut() {
      for (const [client, server] of pairs) {
        client.resetAndDestroy();
        server.destroy();
      }
    },
    cutAtNextWord() {
      for (const [client, server] of pairs) {
        client.unpipe(server);
        client.once('data', () => client.resetAndDestroy());
        client.resume();
      }
    },
    goSilent() {
      for (const [client, server] of pairs) {
        client.unpipe(server);
        server.unpipe(client);
        for (const socket of [client, server]) silent.add(socket.resume());
      }
    },
    shut() {
      isShut = true;
    },
    open() {
      isShut = false;
    },
    leadTo(other) {
      targetPort = other;
    },
    async stop() {
      for (const socket of [...pairs].flat()) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/** The proxy in front of a database server, and the URL that goes through it. */
export async function proxyOf(connection: string): Promise<{ proxy: TcpProxy; connection: string }> {
  const url = new URL(connection);
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port || 5432) });
  url.port = String(proxy.port);
  return { proxy, connection: url.href };
}
