/** Mail that means harm, of about any size in bytes: for the tests that double it and for the drill that floods with it. */

const CRLF = '\r\n';
const LINE = 900;

/** The text again and again, in lines that SMTP takes. */
function repeated(text: string, bytes: number, perLine = Math.max(1, Math.floor(LINE / text.length))): string {
  const line = text.repeat(perLine) + CRLF;
  return line.repeat(Math.ceil(bytes / line.length));
}

const html = (bytes: number, text: string): string =>
  `From: a@b.example${CRLF}Subject: html${CRLF}Content-Type: text/html; charset=utf-8${CRLF}${CRLF}${repeated(text, bytes)}`;
const plain = (fields: string, body = 'body'): string => `From: a@b.example${CRLF}${fields}${CRLF}${body}${CRLF}`;
const folded = (name: string, text: string, bytes: number): string =>
  `${name}: ${repeated(text, bytes).trimEnd().replaceAll(CRLF, `${CRLF} `)}${CRLF}`;
const multipart = (bytes: number, part: (n: number) => string): string => {
  const parts: string[] = [];
  for (let n = 0, size = 0; size < bytes; n++) {
    const one = part(n);
    parts.push(one);
    size += one.length;
  }
  return `From: a@b.example${CRLF}Subject: parts${CRLF}Content-Type: multipart/mixed; boundary=b${CRLF}${CRLF}${parts.join('')}--b--${CRLF}`;
};
const signature = (n: number): string =>
  `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=b.example; s=s; h=from; l=${n}; bh=AAAA; b=BBBB${CRLF}`;

/** By what is hostile about it; each takes the size that it is to have. */
export const hostile: Readonly<Record<string, (bytes: number) => string>> = {
  'open brackets': (bytes) => html(bytes, '<'),
  'open style': (bytes) => html(bytes, '<style'),
  'style with a space': (bytes) => html(bytes, '<style '),
  'open links': (bytes) => html(bytes, '<a '),
  'links without space': (bytes) => html(bytes, '<a'),
  'open scripts': (bytes) => html(bytes, '<script '),
  'closed scripts that never end': (bytes) => html(bytes, '<script>'),
  'ends of scripts': (bytes) => html(bytes, '</script '),
  'open comments': (bytes) => html(bytes, '<!--'),
  'comments that nearly end': (bytes) => html(bytes, '<!-- --'),
  'links with half an address': (bytes) => html(bytes, '<a href="'),
  'links with spaces': (bytes) => html(bytes, '<a href           '),
  'deep elements': (bytes) => html(bytes, '<div><b>'),
  'NUL as an entity': (bytes) => html(bytes, '&#0;'),
  'entities without an end': (bytes) => html(bytes, '&#x'),
  'entities one after another': (bytes) => html(bytes, '&amp;lt;'),
  'NUL bytes': (bytes) => plain(`Subject: nul${CRLF}`, repeated('\0', bytes)),
  'blank space': (bytes) => plain(`Subject: blank${CRLF}`, repeated(' \t', bytes)),
  'blank lines': (bytes) => plain(`Subject: lines${CRLF}`, CRLF.repeat(bytes / 2)),
  'codes and words for them': (bytes) => plain(`Subject: codes${CRLF}`, repeated('otp code 2024 $1234 ', bytes)),
  addresses: (bytes) => plain(`Subject: links${CRLF}`, repeated('https://', bytes)),
  'addresses of one character': (bytes) => plain(`Subject: links${CRLF}`, repeated('https://a ', bytes)),
  'Chinese characters': (bytes) =>
    plain(`Content-Type: text/plain; charset=utf-8${CRLF}`, repeated('\xe7\xa0\x81', bytes)),
  'many header fields': (bytes) => plain('X-Field: value\r\n'.repeat(bytes / 16)),
  'one long header field': (bytes) => plain(folded('X-Wide', 'x', bytes)),
  'a long subject in words': (bytes) => plain(folded('Subject', '=?utf-8?B?QQ==?= ', bytes)),
  'a long subject in broken words': (bytes) => plain(folded('Subject', '=?utf-8?Q?', bytes)),
  'many recipients': (bytes) => plain(folded('To', 'a@b.example,', bytes)),
  'recipients in groups': (bytes) => plain(folded('To', 'g:', bytes)),
  'recipients in quotes': (bytes) => plain(folded('To', '"<', bytes)),
  'recipients in comments': (bytes) => plain(folded('To', '(', bytes)),
  'many references': (bytes) => plain(folded('References', '<a@b> ', bytes)),
  'open references': (bytes) => plain(folded('References', '<', bytes)),
  'parameters of a type': (bytes) => plain(folded('Content-Type', 'text/plain; a*0*=x;', bytes)),
  'comments in a type': (bytes) => plain(folded('Content-Type', '(', bytes)),
  'many parts': (bytes) => multipart(bytes, () => `--b${CRLF}${CRLF}x${CRLF}`),
  'many attachments': (bytes) =>
    multipart(bytes, (n) => `--b${CRLF}Content-Type: application/x; name=${n}${CRLF}${CRLF}x${CRLF}`),
  'parts in parts side by side': (bytes) =>
    multipart(bytes, (n) => `--b${CRLF}Content-Type: multipart/mixed; boundary=${n}x${CRLF}${CRLF}--${CRLF}`),
  'messages in messages': (bytes) =>
    multipart(bytes, () => `--b${CRLF}Content-Type: message/rfc822${CRLF}${CRLF}Subject: x${CRLF}${CRLF}y${CRLF}`),
  'deep parts': (bytes) => {
    const depth = Math.min(1_000, Math.floor(bytes / 70));
    let body = `Content-Type: text/plain${CRLF}${CRLF}${repeated('-- x', bytes - 70 * depth)}`;
    for (let n = 0; n < depth; n++)
      body = `Content-Type: multipart/mixed; boundary=b${n}${CRLF}${CRLF}--b${n}${CRLF}${body}`;
    return `From: a@b.example${CRLF}${body}`;
  },
  'broken base64': (bytes) =>
    plain(`Content-Type: text/plain${CRLF}Content-Transfer-Encoding: base64${CRLF}`, repeated('!A=', bytes)),
  'broken quoted-printable': (bytes) =>
    plain(`Content-Type: text/plain${CRLF}Content-Transfer-Encoding: quoted-printable${CRLF}`, repeated('=', bytes)),
  'flowed text': (bytes) => plain(`Content-Type: text/plain; format=flowed${CRLF}`, `x ${CRLF}`.repeat(bytes / 4)),
  'forty signatures': (bytes) =>
    `${Array.from({ length: 40 }, (_, n) => signature(n)).join('')}${plain(`Subject: signed${CRLF}`, repeated('x', bytes))}`,
  'signatures without an end': (bytes) =>
    `${Array.from({ length: Math.ceil(bytes / 110) }, (_, n) => signature(n)).join('')}${plain(`Subject: signed${CRLF}`)}`,
  'a signature of many fields': (bytes) =>
    `${folded('DKIM-Signature', 'v=1; a=rsa-sha256; d=b.example; s=s; bh=A; b=B; h=from:', 60)} ${repeated('a:', bytes).trimEnd().replaceAll(CRLF, `${CRLF} `)}${CRLF}${plain(`Subject: x${CRLF}`)}`,
  'ARC without an end': (bytes) =>
    `${'ARC-Seal: i=1; a=rsa-sha256; cv=none; d=b; s=s; b=A\r\n'.repeat(bytes / 53)}${plain('')}`,
};
