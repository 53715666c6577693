import * as vscode from 'vscode';
import type { RolloutIndex } from './rolloutIndex';
import type { RolloutsView } from './rolloutsView';
import { NO_CATEGORY, type RolloutFilter } from './rows/rolloutFilter';
import { byCategory } from './rows/rolloutGroups';
import { totalsOf } from './rows/rolloutRow';
import { counted, totalsInWords } from './rows/rolloutWords';

/** A choice of the filter, shown whatever is typed: that narrows the names. */
interface Choice extends vscode.QuickPickItem {
  choice?: Partial<RolloutFilter>;
}

/** Milliseconds after the last key until the tree is narrowed. */
const PAUSE = 80;

/** Asks which rollouts to show; the tree follows what is typed and ticked, Enter keeps it, Escape restores. */
export async function pickFilter(view: RolloutsView, index: RolloutIndex): Promise<void> {
  await index.listed();
  const before = view.filter;
  const pick = vscode.window.createQuickPick<Choice>();
  pick.canSelectMany = true;
  pick.placeholder = 'Type parts of a name; tick what else must hold';
  pick.value = before.text;
  const items = choices(index);
  pick.items = items;
  pick.selectedItems = items.filter(({ choice }) => choice && holds(before, choice));
  const title = () => {
    const shown = view.shown().length.toLocaleString('en');
    pick.title = `Filter Rollouts: ${shown} of ${counted(index.rows.length, 'rollout')}`;
  };
  title();
  let pause: NodeJS.Timeout | undefined;
  const narrow = () => {
    clearTimeout(pause);
    view.setFilter(filterOf(pick.value, pick.selectedItems));
    title();
  };
  const listener = index.onDidChange(title);
  const accepted = await new Promise<boolean>(resolve => {
    pick.onDidChangeValue(() => {
      clearTimeout(pause);
      pause = setTimeout(narrow, PAUSE);
    });
    pick.onDidChangeSelection(narrow);
    pick.onDidAccept(() => {
      resolve(true);
      pick.hide();
    });
    pick.onDidHide(() => resolve(false));
    pick.show();
  });
  clearTimeout(pause);
  if (accepted) view.setFilter(filterOf(pick.value, pick.selectedItems));
  else view.setFilter(before);
  listener.dispose();
  pick.dispose();
}

function choices(index: RolloutIndex): Choice[] {
  const item = (label: string, choice: Partial<RolloutFilter>, description?: string): Choice => ({
    label,
    description,
    choice,
    alwaysShow: true,
  });
  const separator = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    separator('review'),
    item('$(pass-filled) Reviewed', { review: ['reviewed'] }),
    item('$(circle-large-outline) Not reviewed', { review: ['not reviewed'] }),
    separator('labels'),
    item('Has backtracking', { labels: ['has backtracking'] }),
    item('No labels', { labels: ['no labels'] }),
    separator('category'),
    ...byCategory(index.rows).map(({ category, rows }) =>
      item(escapeIcons(category ?? NO_CATEGORY), { categories: [category] }, totalsInWords(totalsOf(rows))),
    ),
  ];
}

/** A category is text of a file: `$(zap)` in it is no icon. */
const escapeIcons = (text: string) => text.replaceAll('$(', '\\$(');

/** Whether a filter has what a choice sets. */
function holds(filter: RolloutFilter, choice: Partial<RolloutFilter>): boolean {
  return (['categories', 'review', 'labels'] as const).some(kind => {
    const [wanted] = choice[kind] ?? [];
    return choice[kind] !== undefined && (filter[kind] as readonly unknown[]).includes(wanted);
  });
}

function filterOf(text: string, chosen: readonly Choice[]): RolloutFilter {
  return {
    text,
    categories: chosen.flatMap(({ choice }) => choice?.categories ?? []),
    review: chosen.flatMap(({ choice }) => choice?.review ?? []),
    labels: chosen.flatMap(({ choice }) => choice?.labels ?? []),
  };
}
