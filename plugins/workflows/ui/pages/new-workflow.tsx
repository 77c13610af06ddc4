/** A workflow that is not there yet. */
import { NOTHING_YET, Writing } from '../editor/writing.tsx';

export default function NewWorkflow() {
  return <Writing began={NOTHING_YET} />;
}
