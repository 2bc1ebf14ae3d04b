import { IsString, MaxLength, MinLength } from 'class-validator';

/** What signs in. */
export class SignInDto {
  @IsString()
  @MinLength(1)
  @MaxLength(1000)
  key!: string;
}

/** Who is signed in. */
export interface SessionAnswer {
  /** Name of the API key; null = the service has no keys, and nobody needs to sign in. */
  readonly caller: string | null;
  readonly read_only: boolean;
  readonly expires_at: string | null;
}
