/** Which fields a form out of a JSON Schema has, and what they begin with. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import Type from 'typebox';
import { emptyOf, fits, kindOf, plainSchema } from '../../../plugins/admin/web/kit/schema-form/schema.ts';

const kind = (schema: unknown) => kindOf(plainSchema(schema, schema), 1);

describe('a form out of a JSON Schema', () => {
  it('has the field that each schema wants', () => {
    assert.equal(kind({ type: 'string' }), 'text');
    assert.equal(kind({ type: 'string', maxLength: 5_000 }), 'longText');
    assert.equal(kind({ type: ['integer', 'null'] }), 'number');
    assert.equal(kind(Type.Union([Type.Boolean(), Type.Null()])), 'boolean');
    assert.equal(kind(Type.Union([Type.Literal('a'), Type.Literal('b')])), 'choice');
    assert.equal(kind({ enum: ['a', 'b'] }), 'choice');
    assert.equal(kind(Type.Union([Type.String(), Type.Object({ url: Type.String() })])), 'variants');
    assert.equal(kind(Type.Union([Type.String(), Type.Array(Type.String())])), 'texts');
    assert.equal(kind(Type.Union([Type.String(), Type.Array(Type.Integer())])), 'variants');
    assert.equal(kind(Type.Record(Type.String(), Type.String())), 'map');
    assert.equal(kind({ properties: { a: {} } }), 'object');
    assert.equal(kind(Type.Unknown()), 'json');
    assert.equal(kind({ type: ['string', 'number'] }), 'json');
  });

  it('begins with what has to be there, by defaults and first choices', () => {
    const schema = Type.Object({
      plan: Type.Union([Type.Literal('yearly'), Type.Literal('monthly')]),
      count: Type.Integer({ minimum: 2 }),
      note: Type.Optional(Type.String()),
      language: Type.String({ default: 'en' }),
    });
    assert.deepEqual(emptyOf(schema, schema), { plan: 'yearly', count: 2, language: 'en' });
  });

  it('tells the variants of a value apart', () => {
    const mail = Type.Object({ kind: Type.Literal('mail'), to: Type.String() });
    const hook = Type.Object({ kind: Type.Literal('hook'), url: Type.String() });
    assert.equal(fits({ kind: 'hook', url: '' }, mail, mail), false);
    assert.equal(fits({ kind: 'hook', url: '' }, hook, hook), true);
  });

  it('ends at schemas that contain themselves', () => {
    const tree = { $ref: '#/$defs/node', $defs: { node: { anyOf: [{ $ref: '#/$defs/node' }, { $ref: '#' }] } } };
    assert.equal(typeof kind(tree), 'string');
    assert.doesNotThrow(() => emptyOf(tree, tree));
    assert.equal(fits({}, tree, tree), true);
    const circle = { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } };
    assert.equal(kind(circle), 'json');
    const needsItself = { type: 'object', properties: { child: { $ref: '#' } }, required: ['child'] };
    assert.doesNotThrow(() => emptyOf(needsItself, needsItself));
  });

  it('takes anything for a schema', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (schema, value) => {
        assert.equal(typeof kind(schema), 'string');
        emptyOf(schema, schema);
        fits(value, schema, schema);
      }),
    );
  });
});
