/** What `/health/ready` says to operators, whatever its verdict: of a platform that is not ready it answers 503. */
import { useQuery } from '@tanstack/react-query';
import { ApiError, isRecord, send } from 'patchbay-platform/ui';

export interface PartHealth {
  status: string;
  detail: Readonly<Record<string, unknown>>;
}

export interface Health {
  status: string;
  version: string;
  uptimeSeconds: number;
  memoryMb: number;
  parts: Readonly<Record<string, PartHealth>>;
  openDoors: readonly string[];
}

const EVERY_MS = 15_000;

export function useHealth(isOn = true) {
  return useQuery({ queryKey: ['health'], queryFn: readHealth, refetchInterval: EVERY_MS, enabled: isOn });
}

export async function readHealth({ signal }: { signal: AbortSignal }): Promise<Health> {
  return healthOf(await answer(signal));
}

async function answer(signal: AbortSignal): Promise<unknown> {
  try {
    const response = await send('/health/ready', { signal, headers: { accept: 'application/json' } });
    return await response.json();
  } catch (error) {
    if (error instanceof ApiError && error.status === 503 && isRecord(error.detail.checks)) return error.detail;
    throw error;
  }
}

function healthOf(body: unknown): Health {
  const { status, version, uptime_seconds, memory_mb, checks, open_doors } = isRecord(body) ? body : {};
  return {
    status: String(status),
    version: String(version),
    uptimeSeconds: Number(uptime_seconds),
    memoryMb: Number(memory_mb),
    parts: Object.fromEntries(
      Object.entries(isRecord(checks) ? checks : {}).map(([name, part]) => [name, partOf(part)]),
    ),
    openDoors: Array.isArray(open_doors) ? open_doors.map(String) : [],
  };
}

function partOf(part: unknown): PartHealth {
  const { status, detail } = isRecord(part) ? part : {};
  return { status: String(status), detail: isRecord(detail) ? detail : {} };
}
