/** Node-RED with one flow: HTTP in → two values set by expressions → HTTP response. Nothing is stored. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

const SETTINGS = `module.exports = {
  httpAdminRoot: false, ui: false, uiHost: '127.0.0.1',
  logging: { console: { level: 'off', metrics: false, audit: false } },
  telemetry: { enabled: false, updateNotification: false },
  diagnostics: { enabled: false, ui: false }, editorTheme: { tours: false },
};`;
const FLOW = [
  { id: 'tab', type: 'tab', label: 'bench' },
  { id: 'in', type: 'http in', z: 'tab', url: '/set', method: 'post', wires: [['set']] },
  {
    id: 'set',
    type: 'change',
    z: 'tab',
    rules: [
      { t: 'set', p: 'total', pt: 'msg', to: 'payload.price * payload.count', tot: 'jsonata' },
      { t: 'set', p: 'greeting', pt: 'msg', to: '"hello " & payload.name', tot: 'jsonata' },
      { t: 'set', p: 'payload', pt: 'msg', to: '{"total": total, "greeting": greeting}', tot: 'jsonata' },
    ],
    wires: [['out']],
  },
  { id: 'out', type: 'http response', z: 'tab', statusCode: '200', wires: [] },
];

const port = await freePort();
const folder = mkdtempSync(join(tmpdir(), 'patchbay-node-red-'));
writeFileSync(join(folder, 'settings.js'), SETTINGS);
writeFileSync(join(folder, 'flows.json'), JSON.stringify(FLOW));
const program = new URL('../../node_modules/node-red/red.js', import.meta.url).pathname;
const child = spawn(process.execPath, [program, '-u', folder, '-p', String(port), 'flows.json'], { stdio: 'ignore' });
process.once('SIGTERM', () => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
for (let tries = 0; tries < 300; tries++) {
  const isUp = await fetch(`http://127.0.0.1:${port}/set`, { method: 'POST' }).then(
    ({ status }) => status === 200,
    () => false,
  );
  if (isUp) break;
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.log(JSON.stringify({ http: port }));
