'use strict';
// Runs a script of this project on Node 24, whatever Node started it. Plain JavaScript that old Nodes can read: an older
// Node must be able to say what is missing instead of failing on TypeScript syntax.
const path = require('node:path');

const requiredMajor = 24;

const defaults = {
  // Node keeps what it compiled, which halves the start of a command. Where it cannot write, it goes without.
  NODE_COMPILE_CACHE: path.join(__dirname, '..', 'node_modules', '.cache', 'node24'),
  // Each running query of the event store holds one of these threads; sign-ins and certificates need some too.
  UV_THREADPOOL_SIZE: '16',
};

/** The Node 24 binary that npm installed as a platform package. */
function findNode24() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
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

/** Runs `node script ...args` on Node 24: in this process when it is one, as it is below npm, else in one of its own. */
function runOnNode24([script, ...args]) {
  if (Number(process.versions.node.split('.')[0]) >= requiredMajor) runHere(script, args);
  else runThere([script, ...args]);
}

function runHere(script, args) {
  const file = path.resolve(script);
  // Before anything reads them: libuv makes its threads at the first work for them.
  for (const [name, value] of Object.entries(defaults)) {
    if (process.env[name] === undefined) process.env[name] = value;
  }
  require('node:module').enableCompileCache(process.env.NODE_COMPILE_CACHE);
  resolveRelativeImportsQuickly();
  process.argv.splice(1, process.argv.length, file, ...args);
  import(require('node:url').pathToFileURL(file).href);
}

/**
 * A relative import names its file, in our sources (`./x.ts`) as in packages (ECMAScript modules have no other way), so its
 * URL follows from the importing one's. By default Node looks at the disk for every single import, several thousand at the
 * start of the server, which takes as long as reading all the files (docs/decisions/0008).
 */
function resolveRelativeImportsQuickly() {
  require('node:module').registerHooks({
    resolve(specifier, context, next) {
      const isRelativeImport = specifier.startsWith('.') && context.conditions.includes('import');
      if (!isRelativeImport) return next(specifier, context);
      return { url: new URL(specifier, context.parentURL).href, shortCircuit: true };
    },
  });
}

/** With this process's standard streams; ends as the other ends. */
function runThere(args) {
  const child = require('node:child_process').spawn(findNode24(), args, {
    stdio: 'inherit',
    env: { ...defaults, ...process.env },
  });
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
