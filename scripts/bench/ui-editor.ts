/**
 * How smoothly a workflow of 500 tasks is edited, in a browser: the time until it is open, frames while somebody types, drags
 * a task in the list and pans the graph, and the time from a key to its painted letter.
 */
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import type { Figure } from './processes.ts';

const TASKS = 500;
const LETTERS = 80;
const STEPS = 120;
const FRAME_MS = 33;
const LETTER_MS = 50;
/** Nobody has set one for opening: what people wait for without a thought. */
const OPEN_MS = 3_000;
const NAME = 'long';
const DEFINITION = definitionOf(TASKS);

/** Needs a context that is signed in. */
export async function measureEditor(context: BrowserContext): Promise<Figure[]> {
  await publish(context);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const open = await opening(page);
  const typing = await whileTyping(page);
  await show(page, 'Graph');
  await page.locator('[data-node]').nth(3).click();
  await page.getByRole('tab', { name: 'Order' }).click();
  const dragging = await framesWhile(page, () => dragInList(page));
  const panning = await framesWhile(page, () => panGraph(page, session));
  await page.close({ runBeforeUnload: false });
  return [
    figure('time until it is open', open, OPEN_MS),
    figure('p95 frame while typing in the text', p95(typing.frames), FRAME_MS),
    figure('p95 from a key to its painted letter', p95(typing.letters), LETTER_MS),
    figure('p95 frame while a task is dragged in the list', p95(dragging), FRAME_MS),
    figure('p95 frame while the graph is panned', p95(panning), FRAME_MS),
  ];
}

function definitionOf(tasks: number): string {
  const items = Array.from(
    { length: tasks },
    (_, number) => `- task-${number}: # number ${number}\n    set: { step: ${number}, text: '\${ "at \\(.step)" }' }`,
  );
  return `document: { dsl: '1.0.0', namespace: bench, name: ${NAME}, version: '1.0.0' }\ndo:\n${items.join('\n')}\n`;
}

async function publish(context: BrowserContext): Promise<void> {
  const page = await context.newPage();
  await page.goto('/');
  const origin = new URL(page.url()).origin;
  const { csrf_token } = await (await context.request.get('/api/platform/me')).json();
  const answer = await context.request.post('/api/platform/workflows', {
    data: { definition: DEFINITION },
    headers: { origin, 'sec-fetch-site': 'same-origin', 'x-csrf-token': csrf_token },
  });
  if (answer.status() !== 201) throw new Error(`publishing answered ${answer.status()}: ${await answer.text()}`);
  await page.close();
}

/** From the address to the graph and what is beside it. */
async function opening(page: Page): Promise<number> {
  // What is loaded for the first time is the subject of other figures.
  await page.goto(`/automations/workflows/bench/${NAME}/edit`);
  await page.locator('[data-node]').first().waitFor();
  const began = performance.now();
  await page.goto(`/automations/workflows/bench/${NAME}/edit`);
  await page.locator('[data-node]').first().waitFor();
  const took = performance.now() - began;
  await page.waitForLoadState('networkidle');
  return took;
}

/** In the middle of the text, a letter at a time as a quick writer does, the pauses of whom begin the reading. */
async function whileTyping(page: Page): Promise<{ frames: number[]; letters: number[] }> {
  await show(page, 'Text');
  await page.locator('.cm-content').first().click();
  await page.keyboard.press('Control+Home');
  for (let line = 0; line < 40; line += 1) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await page.keyboard.type(' # ');
  // A key is heard before the text changes; the letter is on the screen after the next frame has been made.
  await page.evaluate(`globalThis.letters = [];
    document.addEventListener('keydown', (event) => {
      const began = event.timeStamp;
      requestAnimationFrame(() => { const port = new MessageChannel();
        port.port1.onmessage = () => letters.push(performance.now() - began); port.port2.postMessage(0); });
    }, true);`);
  const frames = await framesWhile(page, async () => {
    for (let letter = 0; letter < LETTERS; letter += 1) {
      await page.keyboard.press('x');
      await page.waitForTimeout(letter % 10 === 9 ? 700 : 60);
    }
  });
  return { frames, letters: (await page.evaluate('globalThis.letters')) as number[] };
}

async function dragInList(page: Page): Promise<void> {
  const step = page.locator('li[draggable=true]').first();
  await step.waitFor();
  await step.scrollIntoViewIfNeeded();
  const box = await step.boundingBox();
  if (!box) throw new Error('There is no task to be dragged');
  await page.mouse.move(box.x + 20, box.y + box.height / 2);
  await page.mouse.down();
  for (let move = 0; move < STEPS; move += 1) {
    await page.mouse.move(box.x + 20, box.y + (move % 60) * 4);
    await page.waitForTimeout(16);
  }
  await page.mouse.up();
}

async function panGraph(page: Page, session: CDPSession): Promise<void> {
  const pane = page.getByRole('group', { name: 'Graph of the tasks' }).first();
  await pane.scrollIntoViewIfNeeded();
  const box = await pane.boundingBox();
  if (!box) throw new Error('There is no graph');
  await session.send('Page.bringToFront');
  const x = box.x + 30;
  await page.mouse.move(x, box.y + box.height - 20);
  await page.mouse.down();
  for (let move = 0; move < STEPS; move += 1) {
    await page.mouse.move(x, box.y + box.height - 20 - move * 12);
    await page.waitForTimeout(16);
  }
  await page.mouse.up();
}

/** Of the three views. */
async function show(page: Page, view: string): Promise<void> {
  await page.getByRole('radiogroup', { name: 'What is shown' }).getByText(view, { exact: true }).click();
}

async function framesWhile(page: Page, work: () => Promise<void>): Promise<number[]> {
  await page.evaluate(`globalThis.frames = []; globalThis.isWatching = true; { let last = performance.now();
    (function next(now) { frames.push(now - last); last = now; if (isWatching) requestAnimationFrame(next); })(last); }`);
  await work();
  return (await page.evaluate('globalThis.isWatching = false; globalThis.frames.slice(2)')) as number[];
}

function p95(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
}

function figure(what: string, value: number, limit: number): Figure {
  return {
    what: `editor of ${TASKS} tasks: ${what}`,
    value: `${value.toFixed(1)} ms`,
    target: `at most ${limit} ms`,
    isMet: value <= limit,
  };
}
