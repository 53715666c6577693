import * as vscode from 'vscode';
import { DIAGNOSTIC_SOURCE } from '../ids';
import { crossingSpans } from '../rollout/overlaps';
import type { RolloutDocument } from './rolloutDocument';
import type { RolloutDocuments } from './rolloutDocuments';

/** More of them say nothing new, and a sidecar of another file would bring thousands. */
const MOST = 200;

/** Shows what is wrong with a rollout or its labels: on the line of the labels file, and where in the rollout it points. */
export class Diagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('doubletake');
  private readonly listeners: vscode.Disposable[];

  constructor(documents: RolloutDocuments) {
    this.listeners = [
      documents.onDidChange(({ rollout, change }) => {
        const shown = (this.collection.get(rollout.document.uri)?.length ?? 0) > 0;
        if (change === 'labels' || rollout.problem || shown) this.update(rollout);
      }),
      documents.onDidClose(({ document, labels: { file } }) => {
        this.collection.delete(document.uri);
        if (file) this.collection.delete(file.uri);
      }),
    ];
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.collection.dispose();
  }

  private update({ document, labels: { file: labels, ann }, problem, text, spans }: RolloutDocument): void {
    const own: vscode.Diagnostic[] = [];
    const inLabels: vscode.Diagnostic[] = [];
    const top = new vscode.Range(0, 0, 0, document.lineAt(0).text.length);
    if (problem) own.push(diagnostic(top, problem, vscode.DiagnosticSeverity.Error));
    if (labels?.problem) own.push(diagnostic(top, labels.problem, vscode.DiagnosticSeverity.Error));
    for (const { line, message, lost } of ann.problems.slice(0, MOST)) {
      const severity = lost ? vscode.DiagnosticSeverity.Warning : vscode.DiagnosticSeverity.Information;
      const code = lost ? 'lost' : 'moved';
      const content = ann.lines[line] ?? '';
      const where = new vscode.Range(line, 0, line, content.length);
      inLabels.push(diagnostic(where, message, severity, code));
      const pointed = Math.min(Number(/ (\d+) /.exec(content)?.[1] ?? 0), text.length);
      const at = document.lineAt(document.positionAt(pointed).line).range;
      const shown = content.length > 80 ? `${content.slice(0, 80)}…` : content;
      const here = diagnostic(at, `Label “${shown.replaceAll('\t', ' ')}”: ${message}`, severity, code);
      if (labels)
        here.relatedInformation = [
          new vscode.DiagnosticRelatedInformation(new vscode.Location(labels.uri, where), 'Its line'),
        ];
      own.push(here);
    }
    for (const { span, crossed } of crossingSpans(spans).slice(0, MOST)) {
      const message = `${span.label} begins inside ${crossed.label} (${crossed.id}) and ends outside of it: move an end, unless both are meant`;
      const line = ann.lineOf.get(span.id ?? '');
      const severity = vscode.DiagnosticSeverity.Information;
      const shared = new vscode.Range(document.positionAt(span.start), document.positionAt(crossed.end));
      own.push(diagnostic(shared, message, severity, 'crossing'));
      if (line !== undefined)
        inLabels.push(diagnostic(new vscode.Range(line, 0, line, ann.lines[line].length), message, severity));
    }
    const more = ann.problems.length - MOST;
    if (more > 0)
      own.push(
        diagnostic(
          top,
          `${more} more labels do not fit this text: is the labels file that of another rollout?`,
          vscode.DiagnosticSeverity.Warning,
        ),
      );
    this.collection.set(document.uri, own);
    if (labels) this.collection.set(labels.uri, inLabels);
  }
}

function diagnostic(
  range: vscode.Range,
  message: string,
  severity: vscode.DiagnosticSeverity,
  code?: string,
): vscode.Diagnostic {
  const made = new vscode.Diagnostic(range, message, severity);
  made.source = DIAGNOSTIC_SOURCE;
  made.code = code;
  return made;
}
