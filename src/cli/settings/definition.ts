/** One setting: where it may be said, and what its text means. */
export interface Definition<T> {
  /** Absent: no flag. */
  readonly flag?: string;
  /** Absent: flag only. */
  readonly environment?: string;
  /** Key in DIR/config.json; absent: not there. */
  readonly key?: string;
  /** Several values: a repeated flag, commas in the environment, a list in config.json. */
  readonly many?: true;
  /** `folder`: what a relative path starts from. Throws `usage`. */
  read(text: string, folder: string): T;
}

export const define = <T>(definition: Definition<T>): Definition<T> => definition;
export const defineMany = <T>(definition: Definition<T>): Definition<T> & { readonly many: true } => ({
  ...definition,
  many: true,
});
