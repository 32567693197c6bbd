import { readdirSync } from 'node:fs';
import { Command } from 'commander';

/** Every command, from the files that hold them: one file each, which exports the function that makes it. */
async function commands(folder: URL): Promise<Command[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const made: Command[] = [];
  for (const name of files) {
    const module: Record<string, unknown> = await import(new URL(name, folder).href);
    const [, make] = Object.entries(module).find(([exported]) => exported.endsWith('Command')) ?? [];
    const command: unknown = typeof make === 'function' ? make() : null;
    if (command instanceof Command) made.push(command);
  }
  return made;
}

/** What `--help` prints, at a width that does not hang on a terminal. */
function helpOf(command: Command): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (part) => void parts.push(part), getOutHelpWidth: () => 100 });
  command.outputHelp();
  return parts.join('').trim();
}

/** A command and, one heading lower, its own commands. */
function sectionsOf(command: Command, path: string, level: number): string[] {
  const heading = `${'#'.repeat(level)} ${path}`;
  const own = command.commands.flatMap((inner) => sectionsOf(inner, `${path} ${inner.name()}`, level + 1));
  return [heading, `\`\`\`text\n${helpOf(command)}\n\`\`\``, ...own];
}

/** docs/commands.md, from what the commands say of themselves. */
export async function commandsPage(): Promise<string> {
  const all = (await commands(new URL('../commands/', import.meta.url))).sort((a, b) =>
    a.name().localeCompare(b.name(), 'en'),
  );
  const rows = all.map((command) => `| [${command.name()}](#${command.name()}) | ${command.description()} |`);
  const program = new Command('overread');
  for (const command of all) program.addCommand(command);
  const sections = all.flatMap((command) => sectionsOf(command, command.name(), 2));
  return [
    '# Commands',
    '`overread` is the program of the package; from a checkout it is `npm run -s overread -- <command>` after `npm run build`. An error prints its code, what happened, what to do and where more is written ([errors.md](errors.md)); the exit code is then 1.',
    ['| command | what it does |', '| --- | --- |', ...rows].join('\n'),
    ...sections,
    '',
  ].join('\n\n');
}
