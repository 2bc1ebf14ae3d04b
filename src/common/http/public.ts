import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** Key of the mark; for the guard. */
export const PUBLIC = 'basset:public';

/** Marks a controller that answers without an API key. Whatever is not marked needs one. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);
