/** Conditions of a query with their parameters, so that no value is ever written into SQL. */
export class Conditions {
  readonly params: unknown[] = [];
  readonly #parts: string[] = [];

  /** `sql` has one `?` for each value. */
  add(sql: string, ...values: unknown[]): this {
    let used = 0;
    this.#parts.push(
      sql.replace(/\?/g, () => {
        this.params.push(values[used]);
        used += 1;
        return `$${this.params.length}`;
      }),
    );
    return this;
  }

  /** Nothing where the value was not given. */
  addIf(sql: string, value: unknown): this {
    return value === undefined ? this : this.add(sql, value);
  }

  get where(): string {
    return this.#parts.length === 0 ? 'true' : this.#parts.join(' and ');
  }
}
