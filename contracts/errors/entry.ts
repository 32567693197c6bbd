/** What every error code owes its reader. `retry`: the same input may succeed later. */
export type ErrorEntry = {
  readonly what: string;
  readonly remedy: string;
  readonly retry: boolean;
};
