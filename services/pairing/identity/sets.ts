/** Disjoint sets with path compression; a member is made by asking for it. */
export class Sets<T> {
  readonly #parents = new Map<T, T>();

  find(member: T): T {
    const parent = this.#parents.get(member);
    if (parent === undefined) {
      this.#parents.set(member, member);
      return member;
    }
    if (parent === member) return member;
    const root = this.find(parent);
    this.#parents.set(member, root);
    return root;
  }

  /** The root of `kept` stands for both. */
  unite(kept: T, other: T): void {
    this.#parents.set(this.find(other), this.find(kept));
  }
}
