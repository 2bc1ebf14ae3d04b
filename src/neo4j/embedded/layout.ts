import { join, resolve } from 'node:path';

/** Where the embedded Neo4j keeps its things. */
export interface Layout {
  readonly home: string;
  readonly conf: string;
  readonly confFile: string;
  readonly password: string;
  /** Where the server looks for its first user, when it has none. */
  readonly dbms: string;
  readonly initialUser: string;
  /** Process id and port of the running server. */
  readonly server: string;
  /** Process that the server works for. */
  readonly owner: string;
  readonly classpath: string;
  readonly log: string;
  /** What Neo4j itself writes about its work, with the reasons of its failures. */
  readonly debugLog: string;
}

export function layoutOf(dataDir: string): Layout {
  const home = resolve(dataDir, 'neo4j');
  return {
    home,
    conf: join(home, 'conf'),
    confFile: join(home, 'conf', 'neo4j.conf'),
    password: join(home, 'password'),
    dbms: join(home, 'data', 'dbms'),
    initialUser: join(home, 'data', 'dbms', 'auth.ini'),
    server: join(home, 'server.json'),
    owner: join(home, 'owner.json'),
    classpath: join(home, 'classpath.json'),
    log: join(home, 'console.log'),
    debugLog: join(home, 'logs', 'debug.log'),
  };
}
