/** One call of the API as the lines of a program that make it, for a shell, Node and Python. Without dependencies in any of them. */

export interface TryCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With the real ids in it, encoded. */
  path: string;
  body?: unknown;
  /**
   * What proves who calls: an API key, from the environment (`PATCHBAY_KEY`); a signature of time and body with a shared secret
   * (`PATCHBAY_SECRET`); or nothing.
   */
  by: 'key' | 'signature' | 'nobody';
}

export const TRY_LANGUAGES = ['curl', 'node', 'python'] as const;
export type TryLanguage = (typeof TRY_LANGUAGES)[number];

export function tryText(language: TryLanguage, call: TryCall, origin: string): string {
  const url = `${origin}${call.path}`;
  if (language === 'curl') return curlText(call, url);
  return language === 'node' ? nodeText(call, url) : pythonText(call, url);
}

function curlText({ method, body, by }: TryCall, url: string): string {
  const isSigned = by === 'signature';
  const sent = body === undefined ? '' : JSON.stringify(body);
  const signing = [
    `body=${inShell(sent)}`,
    'time=$(date +%s)',
    `signature=$(printf '%s' "$time.$body" | openssl dgst -sha256 -hmac "$PATCHBAY_SECRET" | sed 's/^.* //')`,
  ];
  const parts = [
    `curl -sS${method === 'GET' ? '' : ` -X ${method}`} ${inShell(url)}`,
    by === 'key' && '-H "X-API-Key: $PATCHBAY_KEY"',
    isSigned && '-H "X-Patchbay-Timestamp: $time"',
    isSigned && '-H "X-Patchbay-Signature: sha256=$signature"',
    body !== undefined && "-H 'Content-Type: application/json'",
    body !== undefined && `--data-raw ${isSigned ? '"$body"' : inShell(sent)}`,
  ];
  return [...(isSigned ? signing : []), parts.filter(Boolean).join(' \\\n  ')].join('\n');
}

function nodeText({ method, body, by }: TryCall, url: string): string {
  const isSigned = by === 'signature';
  const headers = [
    by === 'key' && `'X-API-Key': process.env.PATCHBAY_KEY`,
    isSigned && `'X-Patchbay-Timestamp': time`,
    isSigned && "'X-Patchbay-Signature': 'sha256=' + signature",
    body !== undefined && `'Content-Type': 'application/json'`,
  ].filter(Boolean);
  const options = [
    method !== 'GET' && `  method: '${method}',`,
    headers.length > 0 && `  headers: { ${headers.join(', ')} },`,
    body !== undefined && '  body,',
  ].filter(Boolean);
  return [
    isSigned && "import { createHmac } from 'node:crypto';\n",
    body !== undefined && `const body = JSON.stringify(${JSON.stringify(body, null, 2)});`,
    isSigned && 'const time = String(Math.floor(Date.now() / 1000));',
    isSigned && "const hmac = createHmac('sha256', process.env.PATCHBAY_SECRET);",
    isSigned && "const signature = hmac.update(time + '.' + body).digest('hex');",
    `const answer = await fetch(${JSON.stringify(url)}${options.length === 0 ? '' : `, {\n${options.join('\n')}\n}`});`,
    'console.log(answer.status, await answer.text());',
  ]
    .filter((line) => line !== false)
    .join('\n');
}

function pythonText({ method, body, by }: TryCall, url: string): string {
  const isSigned = by === 'signature';
  const names = [
    ...(isSigned ? ['hashlib', 'hmac'] : []),
    ...(body === undefined ? [] : ['json']),
    ...(by === 'nobody' ? [] : ['os']),
    ...(isSigned ? ['time'] : []),
    'urllib.request',
  ];
  const headers = [
    by === 'key' && '"X-API-Key": os.environ["PATCHBAY_KEY"]',
    isSigned && '"X-Patchbay-Timestamp": now',
    isSigned && '"X-Patchbay-Signature": "sha256=" + signature',
    body !== undefined && '"Content-Type": "application/json"',
  ].filter(Boolean);
  return [
    `import ${names.join(', ')}`,
    '',
    body !== undefined && `body = json.dumps(${inPython(body)}).encode()`,
    isSigned && 'now = str(int(time.time()))',
    isSigned && 'secret = os.environ["PATCHBAY_SECRET"].encode()',
    isSigned && 'signature = hmac.new(secret, now.encode() + b"." + body, hashlib.sha256).hexdigest()',
    'request = urllib.request.Request(',
    `    ${inPython(url)},`,
    `    method="${method}",`,
    headers.length > 0 && `    headers={${headers.join(', ')}},`,
    body !== undefined && '    data=body,',
    ')',
    'with urllib.request.urlopen(request) as answer:',
    '    print(answer.status, answer.read().decode())',
  ]
    .filter((line) => line !== false)
    .join('\n');
}

function inShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A text of JSON is one of Python, but for what it calls true, false and nothing. */
function inPython(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(inPython).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, one]) => `${JSON.stringify(name)}: ${inPython(one)}`)
    .join(', ')}}`;
}
