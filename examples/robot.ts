/** A robot in forty lines: `node examples/robot.ts CODE`. It prints what it is to say, and tells that it did; what you type, it hears. */
import { createInterface } from 'node:readline';

const [code = '', server = 'http://127.0.0.1:5000'] = process.argv.slice(2);
const deviceInfo = { deviceId: 'example-robot', brand: 'Example', model: 'Terminal', os: 'Node.js' };
const [shown, receivedName] = [new Set<string>(), 'Ada'];
let [robotId, token] = ['', ''];
const hear = (spoken: string) => post('/api/robot/messages', { robotId, spoken, receivedName }).catch(console.error);
createInterface(process.stdin).on('line', hear);
await connect();

async function post(path: string, body: object): Promise<{ message: string; data: Record<string, string> | null }> {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(server + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return JSON.parse(await response.text());
}

/** The same device gets a new token whenever it asks, so a robot that comes back begins at the beginning. */
async function connect(): Promise<void> {
  token = '';
  const { message, data } = await post('/api/robot-ids/activate', { code, deviceInfo });
  if (!data?.token) throw new Error(message);
  [robotId, token] = [data.robotId ?? '', data.token];
  const socket = new WebSocket(`${server.replace('http', 'ws')}/ws?robotId=${data.robotId}&token=${token}`);
  const pings = setInterval(() => socket.send(JSON.stringify({ type: 'ping' })), 30_000);
  socket.onopen = () => console.log(`${data.robotId} is connected`);
  socket.onmessage = ({ data: text }) => {
    const { type, data: command } = JSON.parse(String(text));
    if (type !== 'command') return;
    const { titleList = [], content } = command.commandParams;
    // A command without a result comes again: it is answered again, and carried out once.
    if (!shown.has(command.commandId)) console.log(`to ${titleList.join(', ')}: ${content}`);
    shown.add(command.commandId);
    const result = { commandId: command.commandId, errorCode: 0, successList: titleList };
    socket.send(JSON.stringify({ type: 'result', data: result }));
  };
  const again = () => setTimeout(() => connect().catch(again), 5_000);
  socket.addEventListener('close', () => clearInterval(pings));
  socket.onclose = ({ code: why }) => why !== 1000 && again();
}
