/** What a file is sent as. Browsers do not know all of them, and the server looks at the bytes itself. */
const BY_ENDING: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  md: 'text/markdown',
  markdown: 'text/markdown',
  html: 'text/html',
  htm: 'text/html',
  csv: 'text/csv',
  pdf: 'application/pdf',
};

export function mediaTypeOf({ name }: Pick<File, 'name'>): string {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return BY_ENDING[ending] ?? 'application/octet-stream';
}
