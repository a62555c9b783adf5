/** What a noun answers, read-only throughout, as the serialiser's types want it. Nothing is copied. */
export function toWire<T>(value: T): Mutable<T> {
  return value as Mutable<T>; // Only the type loses its `readonly`.
}

export type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends string | number | boolean | null | undefined
    ? T
    : { -readonly [Key in keyof T]: Mutable<T[Key]> };
