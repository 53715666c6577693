import { readFileSync } from 'node:fs';

/** Memory of some processes together, bytes; `own` is what no file backs. */
export interface Memory {
  resident: number;
  own: number;
}

// Linux counts a process's time in hundredths of a second.
const TICKS_PER_SECOND = 100;

/** Processor seconds that these processes have used so far; undefined where the system does not say (only Linux does). */
export function cpuSeconds(pids: number[]): number | undefined {
  try {
    return pids.map(ownCpuSeconds).reduce((a, b) => a + b, 0);
  } catch {
    return undefined;
  }
}

function ownCpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold blanks; user and system time are the 12th and 13th fields behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Memory of these processes now; undefined where the system does not say. */
export function memoryOf(pids: number[]): Memory | undefined {
  try {
    const all = pids.map(pid => readFileSync(`/proc/${pid}/status`, 'utf8'));
    const sum = (field: string) =>
      all.reduce(
        (total, status) => total + 1024 * Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)![1]),
        0,
      );
    return { resident: sum('VmRSS'), own: sum('RssAnon') };
  } catch {
    return undefined;
  }
}

/** The most memory that these processes hold at any time while `work` runs, looked up every 20 ms. */
export async function peakMemory(pids: number[], work: () => Promise<unknown>): Promise<Memory | undefined> {
  let peak = memoryOf(pids);
  const look = () => {
    const now = memoryOf(pids);
    if (now && peak)
      peak = { resident: Math.max(peak.resident, now.resident), own: Math.max(peak.own, now.own) };
  };
  const timer = setInterval(look, 20);
  try {
    await work();
    look();
  } finally {
    clearInterval(timer);
  }
  return peak;
}
