/** Permanent errors: which come again however often something is tried: not those of a database, or of a platform that is full. */
import { Fault } from '../language/faults.ts';

/** What Node says of sealed data that this platform has not sealed, or somebody has changed. */
const NOT_OURS = 'unable to authenticate data';

/** A fault of a workflow, or of what is stored of it. */
export function isPermanent(error: unknown): boolean {
  if (error instanceof Fault || error instanceof SyntaxError || error instanceof TypeError) return true;
  return error instanceof RangeError || (error instanceof Error && error.message.includes(NOT_OURS));
}
