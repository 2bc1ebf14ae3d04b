/** Longest id of a project, characters (code points): that of a webhook and that of an event. */
export const MAX_PROJECT_ID_LENGTH = 255;
