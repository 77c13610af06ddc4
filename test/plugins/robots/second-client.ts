/**
 * A client of the newer dialect as its description has it, and as nothing of ours does: it authenticates in its first
 * frame, says every half minute that it is there, carries out what is pushed, and comes back five seconds times its tries
 * after every close but 1000.
 */
import { WebSocket } from 'ws';

export interface SecondClient {
  /** Frames that have come, over all connections. */
  frames: any[];
  /** Codes that its connections closed with. */
  closes: number[];
  /** How often it has connected. */
  connections: number;
  heartbeat(): void;
  /** Resolves with the first frame of this type, also one that has come. */
  frame(type: string): Promise<any>;
  /** Resolves when it has closed so often. */
  closed(times?: number): Promise<void>;
  /** Its network fails. */
  cut(): void;
  stop(): void;
}

export interface SecondOptions {
  /** Runs after so many ms: the clock of a test, or a real one. */
  later(ms: number, fn: () => void): void;
  onCommand?(data: any): unknown;
  status?: object;
}

const RECONNECT_MS = 5_000;
const MOST_ATTEMPTS = 5;
const NORMAL = 1000;

export function secondClient(url: () => string, robotId: string, token: string, options: SecondOptions): SecondClient {
  let socket: WebSocket;
  let attempts = 0;
  let isStopped = false;
  const checks = new Set<() => void>();
  const client: SecondClient = {
    frames: [],
    closes: [],
    connections: 0,
    heartbeat: () =>
      send('heartbeat', { timestamp: Date.now(), battery: 80, signal: 4, memoryUsage: 40, networkType: 'wifi' }),
    frame: (type) => until(() => client.frames.find((frame) => frame.type === type)),
    closed: async (times = 1) => void (await until(() => client.closes.length >= times)),
    cut: () => socket.terminate(),
    stop() {
      isStopped = true;
      socket.close(NORMAL);
    },
  };
  connect();
  return client;

  function connect(): void {
    client.connections++;
    socket = new WebSocket(`${url().replace('http', 'ws')}/ws`);
    socket.on('open', () => send('authenticate', { robotId, token, timestamp: Date.now() }));
    socket.on('error', () => {});
    socket.on('message', (bytes) => {
      const frame = JSON.parse(String(bytes));
      client.frames.push(frame);
      if (frame.type === 'authenticated') attempts = 0;
      if (frame.type === 'command_push') carryOut(frame.data);
      if (frame.type === 'status_query') send('status_response', { ...frame.data, ...options.status });
      for (const check of [...checks]) check();
    });
    socket.on('close', (code) => {
      client.closes.push(code);
      for (const check of [...checks]) check();
      if (code === NORMAL || isStopped || ++attempts > MOST_ATTEMPTS) return;
      options.later(RECONNECT_MS * attempts, () => !isStopped && connect());
    });
  }

  function send(type: string, data: object): void {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ type, data, timestamp: Date.now() }));
  }

  function carryOut(data: any): void {
    const result = options.onCommand ? options.onCommand(data) : { sent: true };
    if (result !== undefined)
      send('result', { commandId: data.commandId, status: 'success', result, executedAt: new Date().toISOString() });
  }

  function until<T>(found: () => T | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      const check = () => {
        const value = found();
        if (!value) return;
        checks.delete(check);
        resolve(value);
      };
      checks.add(check);
      check();
    });
  }
}
