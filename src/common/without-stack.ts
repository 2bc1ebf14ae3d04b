/**
 * What `make` makes, without the stacks of the errors that are made meanwhile. The Neo4j driver takes down who called for
 * each statement: a twelfth of what the service does at a hundred events a second.
 */
export function withoutStack<Made>(make: () => Made): Made {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
