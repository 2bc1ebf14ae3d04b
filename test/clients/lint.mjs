/** `node lint.mjs openapi.json…`: what Spectral and Redocly have to say, one line each. Runs where they are installed. */
import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import spectralCore from '@stoplight/spectral-core';
import spectralRulesets from '@stoplight/spectral-rulesets';

/** Its summary says what an operation does; a second sentence only where there is more to say. */
const SPECTRAL_RULES = { 'operation-description': 'off' };
/** `/webhooks/deliveries/{id}` beside `/webhooks/{id}/test` is what callers know; a literal path is no id. */
const REDOCLY_RULES = { 'no-ambiguous-paths': 'off' };

const spectral = new spectralCore.Spectral();
spectral.setRuleset({ extends: [[spectralRulesets.oas, 'recommended']], rules: SPECTRAL_RULES });
const config = await createConfig({ extends: ['recommended'], rules: REDOCLY_RULES });

for (const file of process.argv.slice(2)) {
  const source = readFileSync(file, 'utf8');
  for (const { code, message, path } of await spectral.run(source))
    console.log(`spectral ${file} ${code} ${path.join('/')}: ${message}`);
  for (const { ruleId, message, location } of await lintFromString({ source, config }))
    console.log(`redocly ${file} ${ruleId} ${location[0]?.pointer ?? ''}: ${message}`);
}
