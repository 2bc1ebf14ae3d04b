import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readEnvironment } from '../../src/config/environment.js';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

const packageJson = JSON.parse(read('package.json'));
const compose = parse(read('docker-compose.yml'));
const { webhooks, neo4j } = compose.services;
const dockerfile = read('Dockerfile').replace(/\\\n\s*/g, '');
const examples = read('.env.example');

/** The names of the README's configuration table. */
const table = /## Configuration\n([\s\S]*?)\n## /.exec(read('README.md'))![1]!;
const documented = [...table.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, name]) => name!);

/** Settings that make no sense there: no embedded Neo4j, no service without keys, one database in the Community edition. */
const NOT_HANDED_ON = ['ALLOW_ANONYMOUS', 'DATA_DIR', 'NEO4J_DATABASE', 'NEO4J_HEAP', 'NEO4J_PAGECACHE'];

/** A value as compose makes it of `env`: `${NAME:-default}`, `${NAME:+alternative}`, `${NAME:?}`. */
function interpolate(value: string, env: Readonly<Record<string, string>>): string {
  return value.replace(/\$\{([A-Z0-9_]+):?([-+?])([^}]*)\}/g, (_, name: string, how, other: string) => {
    const given = env[name] ?? '';
    if (how === '+') return given && other;
    return given || (how === '-' ? other : '');
  });
}

/** Every `${NAME…}` of the compose file. */
const interpolated = [...read('docker-compose.yml').matchAll(/(?<!\$)\$\{([A-Z0-9_]+)/g)].map(
  ([, name]) => name!,
);

function instructions(name: string): string[] {
  const lines = dockerfile.split('\n').filter((line) => line.trimStart().startsWith(`${name} `));
  return lines.map((line) => line.trim().slice(name.length + 1));
}

describe('the image', () => {
  it('starts the same command as npm start, without root', () => {
    expect(JSON.parse(instructions('CMD').at(-1)!).join(' ')).toBe(
      packageJson.scripts.start.replace(/^exec /, ''),
    );
    expect(instructions('USER')).toEqual(['node']);
  });

  it('brings a Node.js that the package supports', () => {
    const minimum = Number(/>=(\d+)/.exec(packageJson.engines.node)![1]);
    const versions = instructions('FROM').map((image) => Number(/^node:(\d+)-/.exec(image)![1]));
    expect(versions).toHaveLength(2);
    expect(Math.min(...versions)).toBeGreaterThanOrEqual(minimum);
  });

  it('copies only what exists and what the context lets through', () => {
    const ignored = read('.dockerignore');
    const sources = instructions('COPY')
      .filter((copy) => !copy.startsWith('--from'))
      .flatMap((copy) => copy.split(' ').slice(0, -1));
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) {
      expect(existsSync(join(ROOT, source))).toBe(true);
      expect(ignored).toContain(`!${source}\n`);
    }
  });

  it('checks its health without tools that the image lacks', () => {
    const [health] = [...dockerfile.matchAll(/HEALTHCHECK .*CMD (\[.*\])/g)].map(([, command]) =>
      JSON.parse(command!),
    );
    expect(health[0]).toBe('node');
    expect(health[2]).toContain('/health/ready');
  });
});

describe('the compose stack', () => {
  it('runs the Neo4j that Basset Hound runs on', () => {
    expect(neo4j.image).toBe('neo4j:5.26-community');
    expect(webhooks.environment.NEO4J_URI).toBe('bolt://neo4j:7687');
  });

  it('publishes the API on the loopback only, and Neo4j nowhere', () => {
    expect(webhooks.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
    expect(webhooks.ports[0]).toMatch(new RegExp(`:${webhooks.environment.PORT}$`));
    expect(neo4j.ports).toBeUndefined();
  });

  it('documents the names that the configuration reads', () => {
    const source = read('src/config/environment.ts');
    const names = [...source.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)'/g)].map(([, name]) => name!);
    expect([...new Set(names)].sort()).toEqual([...documented].sort());
  });

  it('sets only names that the configuration knows', () => {
    expect(documented.length).toBeGreaterThan(18);
    expect(Object.keys(webhooks.environment).filter((name) => !documented.includes(name))).toEqual([]);
  });

  it('hands on every setting that makes sense there', () => {
    const handedOn = Object.keys(webhooks.environment);
    expect(documented.filter((name) => !handedOn.includes(name)).sort()).toEqual(NOT_HANDED_ON);
  });

  it('mounts the authorities that TLS_CA_FILE names where the service looks for them', () => {
    const [mount, ...more] = webhooks.volumes;
    expect(more).toEqual([]);
    expect(mount).toMatchObject({ type: 'bind', read_only: true });
    const inside = (env: Record<string, string>): string =>
      interpolate(webhooks.environment.TLS_CA_FILE, env);
    expect([inside({}), interpolate(mount.source, {})]).toEqual(['', '/dev/null']);
    const env = { TLS_CA_FILE: './ca.pem' };
    expect([inside(env), interpolate(mount.source, env)]).toEqual([mount.target, './ca.pem']);
  });

  it('starts the service with settings that it accepts', () => {
    const secrets = {
      NEO4J_PASSWORD: 'p'.repeat(20),
      API_KEYS: 'k'.repeat(20),
      SECRETS_KEY: btoa('s'.repeat(32)),
    };
    const passedOn = Object.entries<unknown>(webhooks.environment).filter(([, value]) => value !== null);
    const environment = Object.fromEntries(
      passedOn.map(([name, value]) => [name, interpolate(String(value), {})]),
    );
    const options = readEnvironment({ ...environment, ...secrets });
    expect(options).toMatchObject({ host: '0.0.0.0', port: 8000, neo4j: { uri: 'bolt://neo4j:7687' } });
    expect(() => readEnvironment({ ...environment, ...secrets, API_KEYS: '' })).toThrow('API_KEYS');
  });

  it('suggests optional values that the service accepts', () => {
    const optional = [...examples.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]);
    expect(optional.length).toBeGreaterThan(10);
    const read = readEnvironment({
      ...Object.fromEntries(optional),
      NEO4J_URI: '',
      // The file is the operator's.
      TLS_CA_FILE: '',
      SECRETS_KEY: btoa('s'.repeat(32)),
    });
    expect(read).toMatchObject({ maxDeliveries: 1000, ingestTimeoutSeconds: 10, logLevel: 'info' });
  });

  it('has no secret in it and does not start without one', () => {
    for (const name of ['NEO4J_PASSWORD', 'API_KEYS', 'SECRETS_KEY']) {
      expect(webhooks.environment[name]).toMatch(new RegExp(`^\\$\\{${name}:\\?`));
    }
    expect(neo4j.environment.NEO4J_AUTH).toMatch(/^neo4j\/\$\{NEO4J_PASSWORD:\?/);
  });

  it('sets nothing on Neo4j that the server would take for an unknown setting', () => {
    const names = Object.keys(neo4j.environment).filter((name) => name !== 'NEO4J_AUTH');
    expect(names.filter((name) => !/^NEO4J_(server|dbms|db)_/.test(name))).toEqual([]);
  });

  it('waits for Neo4j and is checked on a path that the service has', () => {
    expect(webhooks.depends_on.neo4j.condition).toBe('service_healthy');
    expect(neo4j.healthcheck.test).toContain('cypher-shell');
    expect(webhooks.healthcheck.test.join(' ')).toContain(`:${webhooks.environment.PORT}/health/ready`);
  });

  it('gives a stop more time than the service takes to drain', () => {
    const drain = /MAX_DRAIN_MS = ([\d_]+)/
      .exec(read('src/engine/delivery-engine.ts'))![1]!
      .replaceAll('_', '');
    expect(Number.parseInt(webhooks.stop_grace_period) * 1000).toBeGreaterThan(Number(drain) + 10_000);
  });

  it('declares the volumes that it mounts', () => {
    const volumes = Object.values<any>(compose.services).flatMap((service) => service.volumes);
    const mounted = volumes
      .filter((volume) => typeof volume === 'string')
      .map((volume) => String(volume.split(':')[0]));
    const [files, named] = [true, false].map((isFile) =>
      mounted.filter((name) => name.startsWith('.') === isFile),
    );
    expect(Object.keys(compose.volumes)).toEqual(named);
    expect(files!.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('publishes what watches it on this machine only, and only when asked to', () => {
    const { prometheus, grafana } = compose.services;
    for (const { profiles, ports } of [prometheus, grafana]) {
      expect(profiles).toEqual(['monitoring']);
      expect(ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
    }
  });

  it('has every variable in .env.example', () => {
    const passedOn = Object.entries(webhooks.environment).filter(([, value]) => value === null);
    const names = [...interpolated, ...passedOn.map(([name]) => name)];
    for (const name of names) expect(examples).toMatch(new RegExp(`^#?${name}=`, 'm'));
  });
});
