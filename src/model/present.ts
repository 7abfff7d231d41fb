/** Every property named, known or not. */
export type Loose<T> = { readonly [Key in keyof T]: T[Key] | undefined };

/** What is left of an object without its undefined properties: those that can be undefined may be absent. */
export type Present<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

/** The properties that are not undefined: what is not known is absent. A loop, for it runs for every line and every sample. */
export function present<T extends object>(loose: T): Present<T> {
  const kept: Partial<T> = {};
  for (const key in loose) if (loose[key] !== undefined) kept[key] = loose[key];
  return kept as unknown as Present<T>;
}
