/** What a folder over WebDAV says that it holds, as servers write it. */
import assert from 'node:assert/strict';
import { entriesIn } from '#core/outbound/multistatus.ts';

const ROOT = new URL('https://dav.example/help/');

async function read(...hrefs: string[]): Promise<string[]> {
  const responses = hrefs.map(
    (href) =>
      `<d:response><d:href>${href}</d:href><d:prop><d:getcontentlength>7</d:getcontentlength></d:prop></d:response>`,
  );
  const found: string[] = [];
  for await (const { path, address } of entriesIn(`<d:multistatus>${responses.join('')}</d:multistatus>`, ROOT))
    found.push(`${path} ${address.href}`);
  return found;
}

describe('an answer about a folder over WebDAV', () => {
  it('names what lies in it, and neither the folder itself nor anything beside it', async () => {
    assert.deepEqual(await read('/help/', '/help', '/helpers/a', '/help/../b', '/help/%C3%BCber%20uns.md'), [
      'über uns.md https://dav.example/help/%C3%BCber%20uns.md',
    ]);
  });

  it('leads to the server that was asked alone, whatever host it names', async () => {
    // A server behind a proxy knows its inner name.
    assert.deepEqual(
      await read('http://10.0.0.1:8080/help/a.md', '//evil.example/help/b.md', 'http://x//evil.example/'),
      ['a.md https://dav.example/help/a.md', 'b.md https://dav.example/help/b.md'],
    );
  });
});
