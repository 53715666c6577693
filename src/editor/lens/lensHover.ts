import * as vscode from 'vscode';
import type { Rollout } from '../../core/rollout';
import { mapTokens } from '../../model/text/tokenMap';
import type { RolloutTokens, TextModel } from '../../model/textModel';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { COMMANDS, LANGUAGE } from '../ids';
import { commandLink } from '../models/commandLink';
import type { ModelPair } from '../models/modelPair';
import { escapeMarkdown, visibleToken } from '../rollout/markdown';
import type { SteeringSet } from '../steering/steeringSet';
import { type LensView, lensTable, projectionPicture } from './lensTable';

const TOP = 4;
const CACHED = 500;

/**
 * The logit lens of the token under the pointer. While no model runs the hover only offers to start one; then it is
 * computed with the KV cache of the text, beside the other hovers, which do not wait for it.
 */
export class LensHover implements vscode.HoverProvider, vscode.Disposable {
  private readonly cache = new Map<string, vscode.MarkdownString>();
  private tokenized: { key: string; tokens: RolloutTokens } | undefined;
  private readonly registrations: vscode.Disposable[];

  constructor(
    private readonly documents: RolloutDocuments,
    private readonly pair: ModelPair,
    private readonly set: SteeringSet,
  ) {
    this.registrations = [
      vscode.languages.registerHoverProvider(LANGUAGE, this),
      pair.onDidChange(() => this.cache.clear()),
      set.onDidChange(() => this.cache.clear()),
    ];
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const { rollout: parsed } = this.documents.of(document) ?? {};
    const offset = document.offsetAt(position);
    if (!parsed || offset < parsed.responseStart) return undefined;
    if (this.pair.state('reasoning') !== 'open') return new vscode.Hover(this.offer());
    const model = await this.pair.use('reasoning');
    const tokens = this.tokensOf(document, model, parsed);
    const at = offset - parsed.responseStart + tokens.responseStart;
    const index = tokens.ids.findIndex((_, t) => tokens.starts[t] <= at && at < tokens.ends[t]);
    if (index < 0) return undefined;
    const key = `${document.uri} ${document.version} ${index}`;
    let shown = this.cache.get(key);
    if (!shown) {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      shown = await this.compute(model, tokens.ids, index, controller.signal).catch(() => undefined);
      if (!shown) return undefined;
      if (this.cache.size >= CACHED) this.cache.delete(this.cache.keys().next().value!);
      this.cache.set(key, shown);
    }
    const start = tokens.starts[index] - tokens.responseStart + parsed.responseStart;
    const range = new vscode.Range(
      document.positionAt(start),
      document.positionAt(start + tokens.ends[index] - tokens.starts[index]),
    );
    return new vscode.Hover(shown, range);
  }

  /** Tokens of the text as it is now: pointing at one after the other must not tokenize it again. */
  private tokensOf(document: vscode.TextDocument, model: TextModel, rollout: Rollout): RolloutTokens {
    const key = `${model.folder} ${document.uri} ${document.version}`;
    if (this.tokenized?.key !== key) this.tokenized = { key, tokens: model.rolloutTokens(rollout) };
    return this.tokenized.tokens;
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
  }

  private offer(): vscode.MarkdownString {
    const text = new vscode.MarkdownString(
      `[Show the logit lens of tokens](${commandLink(COMMANDS.openModel, { which: 'reasoning' })}) (starts the reasoning model)`,
    );
    text.isTrusted = { enabledCommands: [COMMANDS.openModel] };
    return text;
  }

  private async compute(
    model: TextModel,
    ids: number[],
    index: number,
    signal: AbortSignal,
  ): Promise<vscode.MarkdownString> {
    const active = this.set.activeFor(model.identity);
    const params = { ids, position: index, topK: TOP, direction: active?.vector };
    const result = await (await model.pool()).call('lensAt', params, { signal });
    const views: LensView[] = [
      { title: 'reasoning model', result, tokenText: id => model.tokenizer.tokenText(id) },
    ];
    if (this.pair.state('base') === 'open') {
      const base = await this.pair.use('base');
      const table = mapTokens(model.tokenizer, base.tokenizer);
      const mapped = { ids: ids.map(id => table[id]), position: index, topK: TOP };
      const seen = await (await base.pool()).call('lensAt', mapped, { signal });
      views.push({ title: 'base model', result: seen, tokenText: id => base.tokenizer.tokenText(id) });
    }
    const surprisal = result.surprisal === null ? '' : ` · surprisal ${result.surprisal.toFixed(1)} bits`;
    const token = escapeMarkdown(visibleToken(model.tokenizer.tokenText(ids[index])));
    const parts = [`**${token}** · id ${ids[index]} · position ${index}${surprisal}`, lensTable(views)];
    if (result.projections && active) {
      parts.push(
        `Projection on the active vector (layer ${active.layer}) by layer: ![projection by layer](${projectionPicture(result.projections)})`,
      );
    }
    return new vscode.MarkdownString(parts.join('\n\n'));
  }
}
