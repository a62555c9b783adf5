// The `sallyport` command. What it can do is the table in cli/command-list.ts; the server is two of its commands.

import { runCli } from './cli/run.ts';
import { openTerminal } from './cli/terminal.ts';
import { readCliEnvironment } from './config.ts';

process.exitCode = await runCli(process.argv.slice(2), openTerminal(), readCliEnvironment());
