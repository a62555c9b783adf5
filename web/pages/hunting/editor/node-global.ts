// The language service was compiled from C#, and takes a module for a sign of Node.js: it looks for `global`.
Object.assign(globalThis, { global: globalThis });
