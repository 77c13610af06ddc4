// Budgets of one run: steps, call depth, outputs, time and the size of single values.
import { JqLimitError } from './errors.ts';

export interface Limits {
  /** elementary steps: values passed on, calls, elements touched */
  steps: number;
  /** nested calls of functions defined in the program */
  depth: number;
  /** outputs of the whole program */
  outputs: number;
  /** milliseconds: of the clock on the wall, or of the processor */
  timeMs: number;
  /** `timeMs` is what this thread takes of the processor: a machine on which others are busy ends nothing early */
  processorTime?: boolean;
  /** `*` multiplies numbers alone: what repeats a text, or merges objects, is over the limit of steps */
  numbersOnly?: boolean;
  /** a text that is put together counts with its whole length: whoever reads it copies all of it */
  wholeTexts?: boolean;
}

export const defaultLimits: Limits = { steps: 20_000_000, depth: 10_000, outputs: 100_000, timeMs: 5_000 };

// One value may not outgrow these, whatever the other budgets say.
const MAX_STRING = 32 * 1024 * 1024;
const MAX_ARRAY = 8 * 1024 * 1024;

const STEPS_BETWEEN_CLOCK_LOOKS = 2048;
/** Of its time, for which the clock on the wall is believed. */
const UNASKED_SHARE = 0.1;

/** Characters that native code copies or searches for one step: about as long as a step of any other kind takes. */
export const TEXT_PER_STEP = 16;
/** Longer texts are worked on in pieces of so many characters, with a look at the clock between them. */
const PIECE = 16 * 1024;

export interface Budget {
  limits: Limits;
  steps: number;
  depth: number;
  clockAt: number;
  deadline: number;
  /** Time of the processor that may be used, once it was asked for. */
  processorUntil: number | null;
}

export function createBudget(limits: Partial<Limits> = {}): Budget {
  return { limits: { ...defaultLimits, ...limits }, steps: 0, depth: 0, clockAt: 0, deadline: 0, processorUntil: null };
}

// A run is never interrupted by another, so the one budget in force can be kept here.
let inForce: Budget | null = null;

/** For another run, with other limits if they are given. */
export function resetBudget(budget: Budget, limits: Limits = budget.limits): void {
  inForce = budget;
  budget.limits = limits;
  budget.steps = 0;
  budget.depth = 0;
  const { timeMs, processorTime } = budget.limits;
  budget.processorUntil = null;
  // To ask for the processor's time takes longer than most runs: only one that is not short pays for it.
  budget.deadline = performance.now() + (processorTime ? timeMs * UNASKED_SHARE : timeMs);
  budget.clockAt = Math.min(STEPS_BETWEEN_CLOCK_LOOKS, budget.limits.steps);
}

/** Counts one step; the clock and the limit are looked at only now and then. */
export function tick(budget: Budget): void {
  if (++budget.steps > budget.clockAt) checkTime(budget);
}

/** Counts work in proportion to the size of what is touched. */
export function charge(budget: Budget, amount: number): void {
  budget.steps += amount;
  if (budget.steps > budget.clockAt) checkTime(budget);
}

function checkTime(budget: Budget): void {
  const { limits } = budget;
  if (budget.steps > limits.steps) throw new JqLimitError('steps', `more than ${limits.steps} steps`);
  const now = performance.now();
  if (now > budget.deadline && !(limits.processorTime && hasProcessorTime(budget, now)))
    throw new JqLimitError('timeMs', `more than ${limits.timeMs} ms`);
  budget.clockAt = Math.min(budget.steps + STEPS_BETWEEN_CLOCK_LOOKS, limits.steps);
}

/** Looks again when what is left could be over, and no sooner. */
function hasProcessorTime(budget: Budget, now: number): boolean {
  const { user, system } = process.threadCpuUsage();
  const used = (user + system) / 1000;
  budget.processorUntil ??= used + budget.limits.timeMs * (1 - UNASKED_SHARE);
  budget.deadline = now + budget.processorUntil - used;
  return used < budget.processorUntil;
}

/** For walks through whole values, which a small program can make exponentially large by sharing parts. */
export function work(amount: number): void {
  if (inForce !== null) charge(inForce, amount);
}

/** Counts native work on so many characters. */
export function workText(length: number): void {
  if (length >= TEXT_PER_STEP) work(Math.ceil(length / TEXT_PER_STEP));
}

/** Counts a text that was put together of parts, each of which was counted when it was added. */
export function workTogether(length: number): void {
  if (inForce?.limits.wholeTexts) workText(length);
}

/**
 * Changes a text piece by piece, each charged before it is made. No piece ends between the halves of a character, so
 * that `change` may do whatever depends on whole characters alone. `cost` is how many steps the usual work counts for.
 */
export function mapText(text: string, change: (piece: string) => string, cost = 1): string {
  if (text.length <= PIECE) {
    workText(text.length * cost);
    return change(text);
  }
  let made = '';
  for (let from = 0; from < text.length; ) {
    let to = from + PIECE;
    const last = text.charCodeAt(to - 1);
    if (last >= 0xd800 && last <= 0xdbff) to++;
    workText(PIECE * cost);
    made += change(text.slice(from, to));
    checkString(made.length);
    from = to;
  }
  return made;
}

export function enter(budget: Budget): void {
  if (++budget.depth > budget.limits.depth) {
    throw new JqLimitError('depth', `calls nested deeper than ${budget.limits.depth}`);
  }
}

export function checkString(length: number): void {
  if (length > MAX_STRING) throw new JqLimitError('size', `a string longer than ${MAX_STRING} characters`);
}

export function checkArray(length: number): void {
  if (length > MAX_ARRAY) throw new JqLimitError('size', `an array longer than ${MAX_ARRAY} elements`);
}
