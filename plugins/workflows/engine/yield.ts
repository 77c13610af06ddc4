/**
 * Yielding: tasks without effects follow one another without a pause, in which nobody else is heard: no request, no timer. So
 * whoever works for long in one turn of the event loop gives way. Those that gave way go on one after another, tenant by
 * tenant: however many executions a tenant has, others wait for one step of it and not for a step of each.
 */

/** As long as all executions together may work in one turn. */
const LONGEST_TURN_MS = 5;

let began: number | null = null;
let isPlanned = false;
/** Who waits, by tenant; the tenant whose turn it is stands first. */
const waiting = new Map<string, (() => void)[]>();

/** Resolves when it is the turn of the tenant's execution; null while this turn has not been long. */
export function nextTurn(tenantId: string): Promise<void> | null {
  if (began === null) {
    began = performance.now();
    plan();
    return null;
  }
  if (performance.now() - began < LONGEST_TURN_MS) return null;
  return new Promise((resolve) => {
    const others = waiting.get(tenantId);
    if (others) others.push(resolve);
    else waiting.set(tenantId, [resolve]);
    plan();
  });
}

function plan(): void {
  if (isPlanned) return;
  isPlanned = true;
  setImmediate(begin);
}

/** A new turn: the first execution of the first tenant, which stands last from here on. */
function begin(): void {
  isPlanned = false;
  began = null;
  const [first] = waiting;
  if (!first) return;
  const [tenantId, executions] = first;
  waiting.delete(tenantId);
  const goOn = executions.shift();
  if (executions.length > 0) waiting.set(tenantId, executions);
  began = performance.now();
  plan();
  goOn?.();
}
