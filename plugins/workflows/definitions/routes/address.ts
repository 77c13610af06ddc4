/** How workflows are named in a path. */
import Type from 'typebox';

const Name = Type.String({ minLength: 1, maxLength: 64 });
export const Address = Type.Object({ namespace: Name, name: Name });
