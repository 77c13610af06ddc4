/** Building a workflow as people do: by mouse and by filling in fields. */
import type { Locator, Page } from 'playwright-core';

export interface ByMouse {
  graph(): Locator;
  dialog(): Locator;
  button(name: string | RegExp): Locator;
  /** Names a new workflow. */
  named(name: string): Promise<void>;
  step(at: string | RegExp, what: string): Promise<void>;
  /** A field becomes one for data, which is chosen from what stood there the last time. */
  insert(field: string, group: string | RegExp, path: string): Promise<void>;
  /** What the first case of a decision compares: a field, and with what; without a comparison what it begins with. */
  when(field: string | RegExp, comparison?: string, value?: string): Promise<void>;
  fill(field: string, value: string): Promise<void>;
  tryAndPin(): Promise<void>;
  publish(): Promise<void>;
}

export function byMouse(page: Page): ByMouse {
  const graph = () => page.getByRole('group', { name: 'Graph of the steps' });
  const dialog = () => page.getByRole('dialog');
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  return {
    graph,
    dialog,
    button,
    async named(name) {
      await page.getByRole('textbox', { name: 'Name of the workflow' }).fill(name);
    },
    async step(at, what) {
      await graph().getByRole('button', { name: at }).click();
      await dialog().getByRole('button', { name: what }).first().click();
      await dialog().waitFor({ state: 'hidden' });
    },
    async insert(field, group, path) {
      const toggle = page.getByRole('button', { name: `Use an expression: ${field}` }).first();
      const picker = page.getByRole('button', { name: `Insert data: ${field}` }).first();
      // The form of the first step that is chosen comes a moment later.
      await toggle.or(picker).first().waitFor();
      if ((await toggle.count()) > 0) await toggle.click();
      await picker.click();
      await page.getByRole('region', { name: group }).getByRole('button', { name: path }).first().click();
    },
    async when(field, comparison, value) {
      const form = page.getByRole('group', { name: 'When' }).first();
      const choose = async (label: string, option: string | RegExp) => {
        await form.getByRole('combobox', { name: label, exact: true }).click();
        await page.getByRole('option', { name: option }).first().click();
      };
      await choose('Field', field);
      if (comparison !== undefined) await choose('Compared', comparison);
      if (value !== undefined) await form.getByRole('textbox', { name: 'Value' }).fill(value);
    },
    fill: (field, value) => page.getByRole('textbox', { name: field, exact: true }).fill(value),
    async tryAndPin() {
      await page.getByRole('tab', { name: 'Try' }).click();
      await button('Try this step alone').click();
      await page.getByRole('status').getByText('Completed').waitFor();
      await button('Pin this data').click();
      await button('Unpin').waitFor();
      await page.getByRole('tab', { name: 'Step' }).click();
    },
    async publish() {
      await button('Publish').click();
      await page
        .getByText(/is published/)
        .first()
        .waitFor();
    },
  };
}
