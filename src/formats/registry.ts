import { discord } from './discord/discord.js';
import type { Format } from './format.js';
import { mattermost } from './mattermost/mattermost.js';
import { slack } from './slack/slack.js';
import { teams } from './teams/teams.js';

/** Every format besides `basset`, in the order in which the API lists them: a new one is a folder and a line here. */
export const FORMATS: readonly Format[] = [slack, discord, teams, mattermost];

/** The format of this name. */
export const findFormat = (name: string): Format | undefined =>
  FORMATS.find((format) => format.name === name);
