/**
 * In Cypher: a count on a node that somebody may have spoiled. The statements of the hot path do without; where one of them
 * fails, MEND_COUNTS does the same.
 */
export const countIn = (property: string): string => `coalesce(toIntegerOrNull(${property}), 0)`;
