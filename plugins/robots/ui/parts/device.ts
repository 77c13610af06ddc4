/** What a robot's phone is called. */

/** Its brand and model, else its own id; null without a phone. */
export function nameOfDevice(device: Readonly<Record<string, unknown>> | null): string | null {
  if (device === null) return null;
  const named = [device.brand, device.model].filter((part) => typeof part === 'string' && part !== '');
  return named.length > 0 ? named.join(' ') : String(device.deviceId);
}
