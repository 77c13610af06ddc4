/** The editor of workflows as a person sees it. */
import type { Locator, Page } from 'playwright-core';

export interface EditorPage {
  /** As people see it; the graph stands before it until they ask for the text. */
  text: Locator;
  /** Waits until it can be worked with, whichever view is shown. */
  ready(): Promise<void>;
  show(view: string): Promise<void>;
  /** The button on a line of the graph, and the step that is chosen then. */
  insert(at: string | RegExp, what: string): Promise<void>;
  /** What stands in the text, seen or not; for texts that fit on the screen. */
  written(): Promise<string>;
  /** Waits until the text says so. */
  until(holds: (text: string) => boolean): Promise<string>;
  /** The card of a task in the graph. */
  task(name: string): Locator;
  choose(name: string): Promise<void>;
  add(where: string | RegExp, what: string): Promise<void>;
}

const PATIENCE_MS = 10_000;

export function editorPage(page: Page, label = 'Definition of the workflow'): EditorPage {
  const text = page.getByRole('textbox', { name: label });
  const graph = page.getByRole('group', { name: 'Graph of the steps' });
  const task = (name: string) => graph.getByRole('button', { name: new RegExp(`^${name}(?![-\\w])`) });
  const code = page.locator(`[contenteditable][aria-label="${label}"]`);
  const radio = (value: string) => page.locator(`input[type=radio][value=${value}]`);
  /** CodeMirror comes when somebody looks at the text; nobody's focus moves for it here. */
  const lookAtText = async () => {
    if ((await code.count()) > 0) return;
    const shown = await page
      .locator('input[type=radio]:is([value=graph], [value=list], [value=text]):checked')
      .inputValue();
    await radio('text').evaluate((element) => (element as unknown as { click(): void }).click());
    await code.waitFor();
    await radio(shown).evaluate((element) => (element as unknown as { click(): void }).click());
  };
  const written = async () => {
    await lookAtText();
    return code.evaluate((element) =>
      Array.from(element.children, (line) => (line as { textContent: string }).textContent).join('\n'),
    );
  };
  return {
    text,
    ready: () => radio('text').waitFor({ state: 'attached' }),
    show: (view) => page.getByText(view, { exact: true }).first().click(),
    async insert(at, what) {
      await graph.getByRole('button', { name: at }).click();
      await page.getByRole('textbox', { name: 'Find a step or a function' }).fill(what);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    },
    written,
    task,
    async until(holds) {
      const end = Date.now() + PATIENCE_MS;
      for (;;) {
        const now = await written();
        if (holds(now)) return now;
        if (Date.now() > end) throw new Error(`The text never became that:\n${now}`);
        await page.waitForTimeout(50);
      }
    },
    choose: (name) => task(name).click(),
    async add(where, what) {
      await page.getByRole('button', { name: 'Add', exact: true }).first().click();
      await page.getByRole('menuitem', { name: where }).click();
      await page.getByRole('textbox', { name: 'Find a step or a function' }).fill(what);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    },
  };
}
