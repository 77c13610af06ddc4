/** Files as the API takes them. */

/** Of all files of one mail, before they are encoded. */
export const MAX_FILES_BYTES = 10 * 1024 * 1024;

const STEP = 0x8000;

export async function encoded(file: File): Promise<{ filename: string; content_type: string; content: string }> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (let start = 0; start < bytes.length; start += STEP)
    binary += String.fromCharCode(...bytes.subarray(start, start + STEP));
  const isKnown = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(file.type);
  return {
    filename: file.name.replace(/[\\/]/g, '_').slice(0, 200),
    content_type: isKnown ? file.type : 'application/octet-stream',
    content: btoa(binary),
  };
}
