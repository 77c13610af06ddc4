/** The page behind the link with which customers see and release their devices. It speaks to /api/licenses/my-devices. */
import { htmlPage } from '#core/kit.ts';
import { route } from '#core/plugin.ts';

const SCRIPT = `
const token = new URLSearchParams(location.search).get('token') ?? '';
const list = document.querySelector('main');
const output = document.querySelector('output');
async function call(path, body) {
  const answer = await fetch('/api/licenses/' + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, ...body }),
  });
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.code === 'LINK_EXPIRED' ? 'This link has expired. Ask for a new one.' : data.message);
  return data;
}
function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
async function show() {
  const { licenses } = await call('my-devices', {});
  list.replaceChildren();
  for (const licence of licenses) {
    const section = document.createElement('section');
    section.append(element('h2', licence.license_id));
    const files = new Map(licence.offline_files.map((file) => [file.device_id, file.works_until.slice(0, 10)]));
    const taken = new Set([...licence.devices.map((device) => device.device_id), ...files.keys()]);
    section.append(element('p', 'Places taken: ' + taken.size + ' of ' + licence.device_cap));
    const rows = document.createElement('ul');
    for (const device of licence.devices) {
      const row = element('li', (device.device_name || device.device_id) + ', last seen ' + device.last_seen_at.slice(0, 10) + ' ');
      const button = element('button', 'Release');
      button.setAttribute('aria-label', 'Release ' + (device.device_name || device.device_id));
      button.addEventListener('click', () => act(() => call('my-devices/release', { license_id: licence.license_id, device_id: device.device_id })));
      row.append(button);
      const file = files.get(device.device_id);
      if (file) row.insertBefore(element('small', 'Its offline file works until ' + file + ' and keeps the place until then.'), button);
      files.delete(device.device_id);
      rows.append(row);
    }
    for (const [id, until] of files) rows.append(element('li', id + ': released; its offline file keeps the place until ' + until));
    section.append(rows);
    list.append(section);
  }
  if (licenses.length === 0) list.append(element('p', 'There is no licence for this address.'));
}
async function act(work) {
  try {
    output.textContent = '';
    await work();
    await show();
  } catch (error) {
    output.textContent = error.message;
  }
}
act(() => {});
`;
const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color: #1d2530; background: #f6f7f9 }
section { background: #fff; border: 1px solid #d9dee5; border-radius: .6rem; padding: .5rem 1.2rem; margin: 1rem 0 }
h2 { font-size: 1.1rem } ul { list-style: none; padding: 0 }
li { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: .4rem 0; border-top: 1px solid #eef1f5; overflow-wrap: anywhere }
button { font: inherit; padding: .3rem .8rem; border: 1px solid #b6bfca; border-radius: .4rem; background: #fff; cursor: pointer } output { color: #a3231a }
`;
const BODY = `<h1>Your devices</h1>
<output role="alert"></output>
<main></main>`;

export const devicesPage = route({
  method: 'GET',
  path: '/licences/devices',
  plainPage: true,
  access: 'public',
  summary: 'The page of a customer’s link to their devices',
  responses: { 200: null },
  produces: ['text/html'],
  handler: () => htmlPage({ title: 'Your devices', style: STYLE, script: SCRIPT, body: BODY }),
});
