/** A map that keeps the entries used last, at most `size` of them. */
export class Recent<Value> {
  private readonly entries = new Map<string, Value>();

  constructor(private readonly size: number) {}

  /** The value of a key, which counts as used now. */
  get(key: string): Value | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  /** Keeps a value, dropping the one used longest ago if there are too many. */
  set(key: string, value: Value): void {
    this.entries.delete(key);
    this.entries.set(key, value);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.size) return;
      this.entries.delete(oldest);
    }
  }

  /** Drops every entry. */
  clear(): void {
    this.entries.clear();
  }
}
