/** What a product or a licence entitles to: names with whatever the program makes of them. */
import Type from 'typebox';

export const Entitlements = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 100 });
