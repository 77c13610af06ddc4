/** How workflows and executions are named in a path. */
import Type from 'typebox';

export const Name = Type.String({ minLength: 1, maxLength: 64 });
export const Address = Type.Object({ namespace: Name, name: Name });
export const ExecutionId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 36 }) });
