'use strict';
// Runs a script of this project on Node 24, whatever Node started npm. Plain JavaScript that old Nodes can read:
// an older Node must be able to say what is missing instead of failing on TypeScript syntax.
const { spawn } = require('node:child_process');
const path = require('node:path');

const requiredMajor = 24;

/** The Node 24 binary that npm installed as a platform package, or this very Node when it is new enough. */
function findNode24() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  if (Number(process.versions.node.split('.')[0]) >= requiredMajor) return process.execPath;
  try {
    const folder = path.dirname(require.resolve(`${name}/package.json`));
    return path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    console.error(
      `Sallyport needs Node ${requiredMajor} or newer. This is Node ${process.versions.node}, and the package ${name}, ` +
        'which brings the right one, is not installed.\n' +
        `Run "npm ci" without --omit=optional; where no such package exists for this machine, install Node ${requiredMajor} ` +
        'and start again with it.',
    );
    process.exit(1);
  }
}

/** Runs `node ...args` on Node 24 with this process's standard streams, and ends as it ends. */
function runOnNode24(args) {
  // Node keeps what it compiled, which halves the start of a command. Where it cannot write, it goes without.
  const compileCache = path.join(__dirname, '..', 'node_modules', '.cache', 'node24');
  // Each running query of the event store holds one of these threads; sign-ins and certificates need some too.
  const env = { NODE_COMPILE_CACHE: compileCache, UV_THREADPOOL_SIZE: '16', ...process.env };
  const child = spawn(findNode24(), args, { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`Sallyport could not start Node ${requiredMajor}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (!signal) return process.exit(code === null ? 1 : code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

module.exports = { runOnNode24 };
if (require.main === module) runOnNode24(process.argv.slice(2));
