/** For `@Transform`: a parameter that is given without a value is not given. */
export const emptyIsAbsent = ({ value }: { value: unknown }): unknown => (value === '' ? undefined : value);
