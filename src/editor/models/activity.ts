import * as vscode from 'vscode';

/** What models work at now, for the status item: "computing the logit lens", "shading 40 %". */
export class Activity implements vscode.Disposable {
  private readonly running: { text: string }[] = [];
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  /** What began last and still goes on. */
  get current(): string | undefined {
    return this.running.at(-1)?.text;
  }

  /** Shows `text` until the job ends, however it ends; the job may change it by `say`. */
  async during<T>(text: string, job: Promise<T> | ((say: (text: string) => void) => Promise<T>)): Promise<T> {
    const entry = { text };
    const say = (now: string) => {
      if (now === entry.text) return;
      entry.text = now;
      this.changed.fire();
    };
    this.running.push(entry);
    this.changed.fire();
    try {
      return await (typeof job === 'function' ? job(say) : job);
    } finally {
      this.running.splice(this.running.indexOf(entry), 1);
      this.changed.fire();
    }
  }

  dispose(): void {
    this.changed.dispose();
  }
}
