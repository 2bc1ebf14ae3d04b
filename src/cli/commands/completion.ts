import { Argument, Command } from 'commander';
import { action, type Cli } from '../cli.js';

/** The words that may follow a command: its commands and flags. */
interface Words {
  readonly path: string;
  readonly words: readonly string[];
}

const NAME = 'basset-webhooks';

/** The tree of the commands, written out: the shell asks no Node for it. */
function wordsOf(command: Command, globals: readonly string[], path = ''): Words[] {
  const flags = command.options.flatMap(({ long }) => long ?? []);
  const values = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const children = command.commands.map((child) => child.name());
  const words = [...children, ...values, ...new Set([...flags, ...globals, '--help'])];
  const deeper = command.commands.flatMap((child) =>
    wordsOf(child, globals, path === '' ? child.name() : `${path} ${child.name()}`),
  );
  return [{ path, words }, ...deeper];
}

const bash = (all: readonly Words[]): string => `_basset_webhooks() {
  local path= word index words
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    [[ $word == -* ]] && continue
    case "\${path:+$path }$word" in
      ${all.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`])).join(' | ')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${all.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _basset_webhooks ${NAME}`;

const zsh = (all: readonly Words[]): string => `#compdef ${NAME}
autoload -U +X bashcompinit && bashcompinit
${bash(all)}`;

/** In fish each word is a rule of its own: offered where its command was given, and none below it. */
function fish(all: readonly Words[]): string {
  const rules = all.flatMap(({ path, words }) => {
    const given = path.split(' ').filter((part) => part !== '');
    const isHere =
      given.map((part) => `__fish_seen_subcommand_from ${part}`).join('; and ') || '__fish_use_subcommand';
    return words.map((word) =>
      word.startsWith('--')
        ? `complete -c ${NAME} -n '${isHere}' -l ${word.slice(2)}`
        : `complete -c ${NAME} -n '${isHere}' -f -a ${word}`,
    );
  });
  return rules.join('\n');
}

const SHELLS: Readonly<Record<string, (all: readonly Words[]) => string>> = { bash, zsh, fish };

/** `completion` @param readAll the tree of all commands */
export function completionCommand(readAll: () => Promise<Command>): Command {
  return new Command('completion').addArgument(new Argument('<shell>').choices(Object.keys(SHELLS))).action(
    action(async (cli: Cli, shell: string) => {
      const script = SHELLS[shell] ?? bash;
      const program = await readAll();
      const globals = program.options.flatMap(({ long }) => long ?? []);
      const text = script(wordsOf(program, globals));
      if (cli.flags.json === true) cli.json({ shell, script: text });
      else cli.print(text);
    }),
  );
}
