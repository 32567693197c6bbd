import { Command } from 'commander';
import { checkConfig, describeProblem } from '../../platform/index.js';
import { readInput } from '../input.js';

export function checkConfigCommand(): Command {
  return new Command('check-config')
    .description('print every problem of a configuration file at once, with its line and path')
    .argument('[file]', 'configuration file', 'overread.yaml')
    .addHelpText('after', '\nExample:\n  overread check-config /etc/overread/overread.yaml')
    .action((file: string) => {
      const check = checkConfig(readInput(file).toString('utf8'));
      if (check.ok) {
        process.stdout.write(`${file}: no problems\n`);
        return;
      }
      for (const problem of check.problems) process.stdout.write(`${file}: ${describeProblem(problem)}\n`);
      process.exitCode = 1;
    });
}
