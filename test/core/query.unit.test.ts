/** The query of a request: what is read without decoding is what decoding would give. */
import assert from 'node:assert/strict';
import { queryOf } from '#core/http/query.ts';

const SEARCHES = [
  '',
  ...'? ?& ?a ?a= ?=a ?= ?a=1&b=2 ?a=1&a=2 ?a==1&&b=c=d ?wait=10 ?a=1;b=2 ?__proto__=1&constructor=2'.split(' '),
  ...'?a=b+c ?a=%20&b=1 ?a=%zz ??a=1 ?a=é ?a[]=1 ?at=2026-11-27T03:00:00.000Z ?a=1#b'.split(' '),
  ..."?mail=me@example.com,you@example.com ?a='x'&b=(1)!".split(' '),
];

describe('a query', () => {
  for (const search of SEARCHES)
    it(`'${search}' is read as browsers do`, () => {
      const decoded: Record<string, string> = Object.create(null);
      for (const [name, value] of new URLSearchParams(search)) decoded[name] = value;
      const query = queryOf(search);
      assert.deepEqual(Object.entries(query), Object.entries(decoded));
      assert.equal(Object.getPrototypeOf(query), null);
    });
});
