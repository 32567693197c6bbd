import { readdirSync } from 'node:fs';
import { Command } from 'commander';

/** Every command, from the files that hold them: one file each, which exports the function that makes it. */
async function commands(folder: URL): Promise<Command[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const modules: unknown[] = await Promise.all(files.map((name) => import(new URL(name, folder).href)));
  const made = modules.flatMap((module) =>
    typeof module === 'object' && module !== null
      ? Object.entries(module).filter(([name]) => name.endsWith('Command'))
      : [],
  );
  return made.map(([, make]) => make()).filter((command): command is Command => command instanceof Command);
}

/** What `overread <command> --help` prints, at a width that does not hang on a terminal. */
function helpOf(command: Command): string {
  let text = '';
  const program = new Command('overread').addCommand(command);
  program.configureOutput({ writeOut: (part) => void (text += part), getOutHelpWidth: () => 100 });
  command.copyInheritedSettings(program).outputHelp();
  return text.trim();
}

/** docs/commands.md, from what the commands say of themselves. */
export async function commandsPage(): Promise<string> {
  const all = (await commands(new URL('../commands/', import.meta.url))).sort((a, b) =>
    a.name().localeCompare(b.name(), 'en'),
  );
  const rows = all.map((command) => `| [${command.name()}](#${command.name()}) | ${command.description()} |`);
  const sections = all.map((command) => `## ${command.name()}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``);
  return [
    '# Commands',
    '`overread` is the program of the package; from a checkout it is `npm run -s overread -- <command>` after `npm run build`. An error prints its code, what happened, what to do and where more is written ([errors.md](errors.md)); the exit code is then 1.',
    ['| command | what it does |', '| --- | --- |', ...rows].join('\n'),
    ...sections,
    '',
  ].join('\n\n');
}
