import { cloudevents } from './cloudevents/cloudevents.js';
import { discord } from './discord/discord.js';
import { elasticsearch } from './elasticsearch/elasticsearch.js';
import type { Format } from './format.js';
import { loki } from './loki/loki.js';
import { mattermost } from './mattermost/mattermost.js';
import { otlpLogs } from './otlp-logs/otlp-logs.js';
import { slack } from './slack/slack.js';
import { splunkHec } from './splunk-hec/splunk-hec.js';
import { teams } from './teams/teams.js';

/** Every format besides `basset`, in the order in which the API lists them: a new one is a folder and a line here. */
export const FORMATS: readonly Format[] = [
  slack,
  discord,
  teams,
  mattermost,
  cloudevents,
  splunkHec,
  elasticsearch,
  otlpLogs,
  loki,
];

/** The format of this name. */
export const findFormat = (name: string): Format | undefined =>
  FORMATS.find((format) => format.name === name);
