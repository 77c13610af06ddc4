/** What administrators want to know of although they do not look, as plugins declare it. */
import type { Services } from '../services.ts';

export interface AlertCondition {
  /** `plugin.what`; its mails are `alert-NAME` and `alert-NAME-over`. */
  name: string;
  /** The page of the web UI on which somebody does something about it. */
  path: string;
  /** The folder of its mails (`{{detail}}`, `{{url}}`, `{{told}}`, `{{minutes}}`); their subjects name it on the page of alerts. */
  templates: URL;
  /**
   * Particulars while it holds, else null: of all tenants, with numbers and names that an operator may see. Asked every minute, so
   * that it has to be cheap, and may take ten seconds at most.
   */
  holds(services: Services): Promise<string | null>;
}

/** A condition that has been given the services of its plugin. */
export interface Condition extends Omit<AlertCondition, 'holds'> {
  holds(): Promise<string | null>;
}
