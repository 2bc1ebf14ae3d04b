const kept = new Map<string, string>();

/**
 * The statement so that Neo4j plans it once. It plans anew as soon as the counts of the graph have changed enough, and
 * once more for each type of each parameter and each magnitude of a list (null, text and number apart; one, ten, a hundred
 * rows): half a second to a second each, as long as its Java is cold. So the plan is kept whatever the counts say, and
 * all parameters go as one map, `$p`, of which it knows nothing else.
 *
 * Only for constants, and only where the plan does not depend on counts: each step a seek in an index. The tests look at
 * these plans on an empty graph, the one that they are made for and kept from.
 */
export function keepPlan(cypher: string): string {
  const known = kept.get(cypher);
  if (known !== undefined) return known;
  const statement = `CYPHER replan=skip ${cypher.replace(/\$(\w+)/g, '$p.$1')}`;
  kept.set(cypher, statement);
  return statement;
}

/** The parameters of a statement whose plan is kept. */
export function keptParameters(parameters: object): { readonly p: object } {
  return { p: parameters };
}
