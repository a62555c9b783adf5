/**
 * node:http, for whoever needs its values; types come from node:http as always. An import of it reads every name that it
 * exports, one of which loads all of Node's fetch: a good part of a command's whole time, for something that nobody here
 * calls.
 */
export const http = process.getBuiltinModule('node:http');
