import * as vscode from 'vscode';
import { CancelledError } from '../../rpc/messages';
import { rangeOf } from '../documents/activeRollout';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import type { TokenizerSource } from '../documents/tokenizerSource';
import { COMMANDS, LANGUAGE, SETTINGS } from '../ids';
import { commandLink } from '../models/commandLink';
import type { ModelPair, Which } from '../models/modelPair';
import { tokenLine } from '../rollout/hoverText';
import { escapeMarkdown } from '../rollout/markdown';
import type { PlacedToken, RolloutTokens } from '../rollout/rolloutTokens';
import { setting } from '../settings';
import { Latest } from './latest';
import { lensTable } from './lensMarkdown';
import type { LensReader, LensReading } from './lensReader';
import { type LensText, lensText, placedToken } from './lensText';
import { PICTURE_COLORS, projectionPicture, projectionText } from './projectionPicture';

/** The target of the link that starts the model which the settings name. */
const START = commandLink(COMMANDS.openModel, { which: 'reasoning' });
/** Milliseconds that a hover waits for what is not known yet. */
const PATIENCE = 300;
/** Name of the measure in Node's performance timeline that tells how long the last hover took in here. */
const MEASURE = 'doubletake.lensHover';

/** What was read of a token. */
interface Read {
  token: PlacedToken;
  readings: LensReading[];
}

/**
 * The token under the pointer and its logit lens. While no model runs the hover only offers to start one. What was
 * read before is shown at once; else it is read in the background, and if that takes long the hover says so.
 */
export class LensHover implements vscode.HoverProvider, vscode.Disposable {
  private readonly reading = new Latest<Read | undefined>();
  private readonly registration: vscode.Disposable;

  constructor(
    private readonly documents: RolloutDocuments,
    private readonly source: TokenizerSource,
    private readonly pair: ModelPair,
    private readonly reader: LensReader,
  ) {
    this.registration = vscode.languages.registerHoverProvider(LANGUAGE, this);
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    const start = performance.now();
    try {
      return await this.hoverAt(document, document.offsetAt(position));
    } finally {
      performance.clearMeasures(MEASURE);
      performance.measure(MEASURE, { start });
    }
  }

  dispose(): void {
    this.reading.cancel();
    this.registration.dispose();
  }

  private async hoverAt(document: vscode.TextDocument, offset: number): Promise<vscode.Hover | undefined> {
    const rollout = this.documents.of(document);
    if (!rollout?.rollout) return undefined;
    const open = this.pair.state('reasoning') === 'open';
    const folder = open ? this.pair.folder('reasoning') : this.source.folder;
    const text = lensText(rollout, await this.source.of(folder));
    const token = text?.tokens.tokenAt(offset);
    const place = token && text?.tokens.placeOf(token);
    if (!text || !token || !place) return undefined;
    const hover = (...lines: string[]) =>
      new vscode.Hover(trusted([this.line(token, text.tokens), ...lines]), rangeOf(document, place));
    if (!open) return hover(this.offer());
    const view = viewLink(document, place.start);
    try {
      const read = (await this.known(text, token)) ?? (await this.readFor(PATIENCE, text, token, offset));
      if (read === 'later') return hover(`The logit lens is being computed … ${view}`);
      // The position may be known by now.
      if (read)
        return new vscode.Hover(trusted(this.lines(read, text.tokens, view)), rangeOf(document, place));
      return undefined;
    } catch (error) {
      if (error instanceof CancelledError) return undefined;
      const failed = this.pair.state('reasoning') === 'failed';
      return hover(failed ? this.offer() : escapeMarkdown((error as Error).message));
    }
  }

  /** From the cache alone. */
  private async known(text: LensText, token: PlacedToken): Promise<Read | undefined> {
    const { position } = token;
    if (position === undefined) return undefined;
    const stretch = { text, from: position, to: position + 1 };
    const readings = await Promise.all(this.models().map(which => this.reader.known(which, stretch)));
    return readings.every(reading => reading !== undefined) ? { token, readings } : undefined;
  }

  /** Reads the token; what is not there in time goes on until a hover over another token takes its place. */
  private async readFor(
    patience: number,
    text: LensText,
    { start }: PlacedToken,
    offset: number,
  ): Promise<Read | undefined | 'later'> {
    const models = this.models();
    const job = this.reading.run(`${text.key} ${start} ${models}`, async signal => {
      const token = await placedToken(text, offset, signal);
      if (!token) return undefined;
      const stretch = { text, from: token.position, to: token.position + 1 };
      const readings = models.map(which => this.reader.read(which, stretch, { signal }));
      return { token, readings: await Promise.all(readings) };
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'later'>(resolve => {
      timer = setTimeout(resolve, patience, 'later');
    });
    // A failure that comes later is told by the next hover, which tries again or names what the model failed of.
    job.catch(() => {});
    return Promise.race([job, late]).finally(() => clearTimeout(timer));
  }

  private models(): Which[] {
    return this.pair.state('base') === 'open' ? ['reasoning', 'base'] : ['reasoning'];
  }

  private line(token: PlacedToken, tokens: RolloutTokens, surprisal: number | null = null): string {
    const bits = surprisal === null ? '' : ` · surprisal ${surprisal.toFixed(1)} bits`;
    return `${tokenLine(token, tokens)}${bits}`;
  }

  private lines({ token, readings }: Read, tokens: RolloutTokens, view: string): string[] {
    const views = readings.map(({ which, model, columns }) => ({
      title: `${which} model`,
      column: columns[0],
      tokenText: (id: number) => model.tokenizer.tokenText(id),
    }));
    const colors = PICTURE_COLORS[themeKind()];
    const pictures = readings.flatMap(({ which, columns: [{ projections }], vector }) => {
      if (!projections || !vector) return [];
      const alt = escapeMarkdown(`Projection by layer in the ${which} model, ${projectionText(projections)}`);
      return `${readings.length > 1 ? `${which} ` : ''}![${alt}](${projectionPicture(projections, vector.layer, colors)})`;
    });
    const [{ vector, columns }] = readings;
    const top = Math.max(1, setting<number>(SETTINGS.lensTopTokens) ?? 1);
    const line = `${this.line(token, tokens, columns[0].surprisal)} · ${view}`;
    // Before the table, which is longer than a hover is high.
    const projection =
      vector && pictures.length > 0
        ? [
            `Projection on ${escapeMarkdown(vector.name)} by layer (▴ its layer ${vector.layer}): ${pictures.join(' ')}`,
          ]
        : [];
    return [line, ...projection, lensTable(views, top)];
  }

  private offer(): string {
    if (this.pair.state('reasoning') !== 'failed')
      return `[Show the logit lens of tokens](${START}) (starts the reasoning model)`;
    const why = this.pair.status('reasoning').problem ?? 'The reasoning model is not running any more.';
    return `${escapeMarkdown(why)} [Start the reasoning model](${START})`;
  }
}

/** Markdown in which only these commands can be links; everything else in it must be escaped. */
function trusted(lines: string[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString(lines.join('\n\n'));
  text.isTrusted = { enabledCommands: [COMMANDS.openModel, COMMANDS.showLens] };
  return text;
}

function viewLink({ uri }: vscode.TextDocument, offset: number): string {
  const argument = encodeURIComponent(JSON.stringify([{ uri: uri.toString(), offset }]));
  return `[Explore layers × positions](command:${COMMANDS.showLens}?${argument} "Show it in the Logit Lens view")`;
}

function themeKind(): keyof typeof PICTURE_COLORS {
  const { ColorThemeKind } = vscode;
  switch (vscode.window.activeColorTheme.kind) {
    case ColorThemeKind.Light:
      return 'light';
    case ColorThemeKind.HighContrast:
      return 'highContrast';
    case ColorThemeKind.HighContrastLight:
      return 'highContrastLight';
    default:
      return 'dark';
  }
}
