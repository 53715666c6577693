import * as vscode from 'vscode';
import { LABELS } from '../../core/labels';
import { LABEL_STYLES } from '../decorations/decorationTypes';
import { orderedTally } from '../rollout/labelTally';
import { escapeMarkdown } from '../rollout/markdown';
import { NO_CATEGORY } from './rows/rolloutFilter';
import { type RolloutRow, totalsOf } from './rows/rolloutRow';
import { counted, labelMarks, labelsInWords, totalsInWords } from './rows/rolloutWords';

/** A row of the tree; the rows below it are made when it is opened. */
export type RolloutNode =
  | { kind: 'category'; category: string | undefined; rows: readonly RolloutRow[]; opened: boolean }
  | { kind: 'range'; id: string; from: number; to: number; items: readonly RolloutNode[] }
  | { kind: 'rollout'; row: RolloutRow; showFolder: boolean };

const MARKS = Object.fromEntries(LABEL_STYLES.map(({ label, mark }) => [label, mark]));

/** The text of a rollout's row; undefined if it is none. */
export function rolloutUri(node: unknown): vscode.Uri | undefined {
  const { kind, row } = (node ?? {}) as Partial<RolloutNode & { kind: 'rollout' }>;
  return kind === 'rollout' && row ? vscode.Uri.parse(row.key, true) : undefined;
}

/** How a row is drawn; the tooltip of a rollout is made when it is asked for. */
export function itemOf(node: RolloutNode): vscode.TreeItem {
  if (node.kind === 'rollout') return rolloutItem(node);
  if (node.kind === 'range') return rangeItem(node);
  const { category, rows, opened } = node;
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(category ?? NO_CATEGORY, opened ? Expanded : Collapsed);
  const words = totalsInWords(totalsOf(rows));
  item.id = idOf(node);
  item.description = words;
  item.tooltip = `${category ?? NO_CATEGORY}: ${words}`;
  item.accessibilityInformation = { label: `category ${category ?? 'none'}, ${words}` };
  item.contextValue = 'category';
  return item;
}

/**
 * Stays the same while rows come, go and change, so that what a person opened or closed stays so. Among few rollouts it is
 * another one: VS Code would remember from the time of many that the category was closed.
 */
export function idOf(node: RolloutNode): string {
  if (node.kind === 'rollout') return node.row.key;
  if (node.kind === 'range') return node.id;
  const id = node.category === undefined ? 'none' : `category ${node.category}`;
  return node.opened ? `opened ${id}` : id;
}

/** The tooltip of a rollout: place, review state, labels in words. */
export function rolloutTooltip({ name, folder, about, labels }: RolloutRow): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  const lines = [
    `**${escapeMarkdown(name)}**${folder ? ` in ${escapeMarkdown(folder)}` : ''}`,
    `Category: ${escapeMarkdown(about?.category ?? NO_CATEGORY)}`,
    about?.reviewed ? '$(pass-filled) reviewed' : '$(circle-large-outline) not reviewed',
    ...(labels ? labelLines(labels) : ['Labels are being read']),
  ];
  text.appendMarkdown(lines.join('\n\n'));
  return text;
}

function labelLines(labels: NonNullable<RolloutRow['labels']>): string[] {
  const rows = orderedTally(labels, LABELS);
  if (rows.length === 0) return ['No labels'];
  return rows.map(({ label, count }) => `${MARKS[label] ?? MARKS['']} ${escapeMarkdown(label)}: ${count}`);
}

function rolloutItem({ row, showFolder }: RolloutNode & { kind: 'rollout' }): vscode.TreeItem {
  const { name, folder, about, labels } = row;
  const item = new vscode.TreeItem(name);
  const uri = vscode.Uri.parse(row.key, true);
  const reviewed = about?.reviewed ? 'reviewed' : 'not reviewed';
  item.id = row.key;
  item.resourceUri = uri;
  item.iconPath = new vscode.ThemeIcon(about?.reviewed ? 'pass-filled' : 'circle-large-outline');
  const marks = labels && (labelMarks(labels, MARKS) || 'no labels');
  item.description = [showFolder && folder, marks, about?.reviewed && 'reviewed'].filter(Boolean).join(' · ');
  item.accessibilityInformation = {
    label: [name, showFolder && folder, reviewed, labels && labelsInWords(labels)].filter(Boolean).join(', '),
  };
  item.contextValue = 'rollout';
  item.command = { title: 'Open Rollout', command: 'vscode.open', arguments: [uri] };
  return item;
}

function rangeItem(node: RolloutNode & { kind: 'range' }): vscode.TreeItem {
  const { from, to, items } = node;
  const title = `${from.toLocaleString('en')} to ${to.toLocaleString('en')}`;
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = node.id;
  const ends = [items[0], items[items.length - 1]].map(nameOf);
  item.description = `${ends[0]} … ${ends[1]}`;
  item.tooltip = `${counted(items.length, items[0].kind === 'rollout' ? 'rollout' : 'row')}, from ${ends[0]} to ${ends[1]}`;
  item.accessibilityInformation = { label: item.tooltip };
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  return item;
}

function nameOf(node: RolloutNode): string {
  if (node.kind === 'rollout') return node.row.name;
  return node.kind === 'category' ? (node.category ?? NO_CATEGORY) : String(node.from);
}
