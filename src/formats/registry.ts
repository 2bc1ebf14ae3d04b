import { alertmanager } from './alertmanager/alertmanager.js';
import { cef } from './cef/cef.js';
import { leef } from './cef/leef.js';
import { cloudevents } from './cloudevents/cloudevents.js';
import { custom } from './custom/custom.js';
import { discord } from './discord/discord.js';
import { elasticsearch } from './elasticsearch/elasticsearch.js';
import type { Format } from './format.js';
import { gelf } from './gelf/gelf.js';
import { loki } from './loki/loki.js';
import { ocsf } from './ocsf/ocsf.js';
import { otlpLogs } from './otlp-logs/otlp-logs.js';
import { pagerduty } from './pagerduty/pagerduty.js';
import { googleChat } from './google_chat/google-chat.js';
import { mattermost } from './mattermost/mattermost.js';
import { ntfy } from './ntfy/ntfy.js';
import { slack } from './slack/slack.js';
import { splunkHec } from './splunk-hec/splunk-hec.js';
import { teams } from './teams/teams.js';
import { telegram } from './telegram/telegram.js';

/** Every format besides `basset`, in the order in which the API lists them: a new one is a folder and a line here. */
export const FORMATS: readonly Format[] = [
  slack,
  discord,
  teams,
  mattermost,
  telegram,
  googleChat,
  ntfy,
  cloudevents,
  splunkHec,
  elasticsearch,
  otlpLogs,
  loki,
  ocsf,
  pagerduty,
  cef,
  leef,
  gelf,
  alertmanager,
  custom,
];

/** The format of this name. */
export const findFormat = (name: string): Format | undefined =>
  FORMATS.find((format) => format.name === name);
