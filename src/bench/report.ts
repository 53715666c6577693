import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Measured, Ratio } from './pairs';
import type { PeerVersions } from './peer';
import type { Memory } from './procfs';
import type { Result } from './result';

/** What stands above the table. */
export interface Circumstances {
  command: string;
  threads: number;
  runs: number;
  peer?: PeerVersions;
  onnxruntime: string;
}

/** The lines above the table: date, machine class, versions, command. */
export function heading({ command, threads, runs, peer, onnxruntime }: Circumstances): string[] {
  const versions = [`onnxruntime-node ${onnxruntime}`, `Node ${process.versions.node}`];
  if (peer)
    versions.push(`transformers ${peer.transformers} (sdpa)`, `torch ${peer.torch}`, `Python ${peer.python}`);
  return [
    `Date: ${new Date().toISOString().slice(0, 10)}`,
    `Machine: ${availableParallelism()} cores (${instructionSet()}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`,
    `Versions: ${versions.join(', ')}`,
    `float32 on both sides, ${threads} thread${threads > 1 ? 's' : ''} each, ${runs} run${runs > 1 ? 's' : ''} in turn after a warm-up that checks that both agree`,
    `Command: ${command}`,
  ];
}

/** The widest vector instructions of the processor, as far as the system tells. */
function instructionSet(): string {
  try {
    const flags = readFileSync('/proc/cpuinfo', 'utf8');
    const names = ['amx_tile', 'avx512_vnni', 'avx512f', 'avx2'];
    return names.find(name => new RegExp(`\\b${name}\\b`).test(flags)) ?? 'no AVX2';
  } catch {
    return cpus()[0]?.model ?? 'unknown';
  }
}

/** One result as a line for people. */
export function line(result: Result): string {
  const parts = [
    `${result.model}: ${result.item} (${result.workload}): ${measured(result.ours, result.unit)}`,
  ];
  if (result.peer) parts.push(`${result.against}: ${measured(result.peer, result.unit)}`);
  if (result.ratio) parts.push(`ratio ${ratio(result.ratio)}`);
  if (result.target) parts.push(`target ${result.target}${verdict(result)}`);
  if (result.memory?.ours)
    parts.push(
      `own memory ${megabytes(result.memory.ours)}${result.memory.peer ? ` against ${megabytes(result.memory.peer)}` : ''}`,
    );
  if (result.note) parts.push(result.note);
  return parts.join('; ');
}

/** All results as a Markdown table. */
export function table(results: Result[]): string {
  const head = [
    'model',
    'measured',
    'workload',
    'unit',
    'Doubletake: wall (cpu)',
    'other side',
    'wall (cpu)',
    'ratio, median (min–max)',
    'cpu ratio',
    'target',
    'own memory, MB (resident)',
    'other side',
    'note',
  ];
  const rows = results.map(r => [
    r.model,
    r.item,
    r.workload,
    r.unit,
    bare(r.ours),
    r.against ?? '',
    r.peer ? bare(r.peer) : '',
    r.ratio ? ratio(r.ratio) : '',
    r.peer?.cpu && r.ours.cpu ? `${digits(r.peer.cpu / r.ours.cpu)}×` : '',
    r.target ? `${r.target}${verdict(r)}` : '',
    r.memory?.ours ? both(r.memory.ours) : '',
    r.memory?.peer ? both(r.memory.peer) : '',
    r.note ?? '',
  ]);
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

function measured(value: Measured, unit: string): string {
  return `${bare(value)} ${unit}`;
}

function bare({ wall, cpu }: Measured): string {
  return cpu === undefined ? digits(wall) : `${digits(wall)} (${digits(cpu)})`;
}

function ratio({ median, least, most }: Ratio): string {
  return `${digits(median)}× (${digits(least)}–${digits(most)})`;
}

function digits(value: number): string {
  return value.toPrecision(3).replace(/e[+]?.*/, '') === value.toPrecision(3)
    ? value.toPrecision(3)
    : value.toFixed(0);
}

function verdict({ met }: Result): string {
  return met === undefined ? '' : met ? ' met' : ' MISSED';
}

function megabytes({ own }: Memory): string {
  return `${(own / 1e6).toFixed(0)} MB`;
}

function both({ own, resident }: Memory): string {
  return `${(own / 1e6).toFixed(0)} (${(resident / 1e6).toFixed(0)})`;
}
