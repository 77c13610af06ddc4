/** Times on the wire. */
import Type from 'typebox';

export const Time = Type.Union([Type.String(), Type.Null()]);
