import { ValidateBy, type ValidationOptions } from 'class-validator';

/** An object whose values are all strings. */
export function IsStringMap(options?: ValidationOptions): PropertyDecorator {
  const validate = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((item) => typeof item === 'string');
  return ValidateBy(
    {
      name: 'isStringMap',
      validator: { validate, defaultMessage: () => '$property must be an object whose values are strings' },
    },
    options,
  );
}
