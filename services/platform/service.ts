/** Health as `/readyz` shows it: `ready` false takes the process out of rotation. Details hold no report data. */
export type Health = { readonly ready: boolean; readonly detail: string };

/** The one shape of everything that runs. `stop` resolves when nothing is in flight any more. */
export type Service = {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  health(): Health;
};
