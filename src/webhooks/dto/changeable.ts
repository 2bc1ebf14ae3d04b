// Apart from the declarations: the types of the API need neither Nest nor its decorators.

/** What may be said of a webhook that is there; null and absent are the same. */
export type Changeable<T> = { [Field in keyof T]?: T[Field] | null };
