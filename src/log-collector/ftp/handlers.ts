// What an FTP session does at each command (RFC 959 section 4.1, RFC 2228, RFC 2428, RFC 3659).
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { quotedPath, resolvePath } from './commands.ts';
import { PassivePort } from './passive.ts';
import type { FtpSession } from './session.ts';

/** A data connection on which nothing comes for so long has been forgotten. */
const dataIdleMs = 10 * 60_000;
/** No appliance has deeper directories; what is kept for a session is bounded by it. */
const depthMax = 50;
/** The end of the data and that of a killed client's session arrive together, in either order. */
const goneMs = 20;

type Handler = (session: FtpSession, argument: string) => Promise<void> | void;

async function openPassive(session: FtpSession): Promise<PassivePort> {
  await session.passive?.close();
  session.passive = await PassivePort.open(session.options.passive, session.peer);
  return session.passive;
}

async function storeFile(session: FtpSession, path: string): Promise<void> {
  const { directory, rest } = session.find(path);
  if (!directory || rest.length === 0) {
    const names = session.options.directories().map(({ name }) => name);
    return session.reply(
      553,
      `Store files in the directory of a data source: ${names.join(', ') || 'there is none yet'}.`,
    );
  }
  if (directory.needsTls && !(session.isEncrypted && session.isDataProtected)) {
    return session.reply(522, `${directory.name} takes files over TLS only: AUTH TLS, then PROT P.`);
  }
  const socket = await session.data();
  if (!socket) return;
  try {
    const bytes = await directory.store(rest.join('/'), received(session, socket));
    session.reply(226, `${bytes} bytes are stored.`);
  } catch (error) {
    session.reply(451, error instanceof Error ? error.message : String(error));
  } finally {
    session.endData();
  }
}

/**
 * In stream mode the end of the data connection is all that tells the end of a file, and a client that is killed ends it as
 * well. Such a client never heard that its file was taken and sends it again: this one is not kept.
 */
async function* received(session: FtpSession, socket: Socket): AsyncGenerator<Buffer> {
  socket.setTimeout(dataIdleMs, () => socket.destroy(new Error('Nothing came for too long.')));
  for await (const chunk of socket as AsyncIterable<Buffer>) yield chunk;
  await sleep(goneMs);
  if (session.isGone) throw new Error('The client has gone.');
}

async function listNames(session: FtpSession, isLong: boolean): Promise<void> {
  const socket = await session.data();
  if (!socket) return;
  const names = session.directory.length === 0 ? session.options.directories().map(({ name }) => name) : [];
  const line = (name: string): string => (isLong ? `drwx-wx--- 1 log log 0 Jan  1 00:00 ${name}` : name);
  socket.setTimeout(dataIdleMs, () => socket.destroy());
  const isSent = await new Promise<boolean>((resolve) => {
    socket.once('finish', () => resolve(true));
    socket.once('close', () => resolve(false));
    socket.resume();
    socket.end(names.map((name) => `${line(name)}\r\n`).join(''));
  });
  if (isSent) session.reply(226, 'That is all.');
  else session.reply(426, 'The data connection broke.');
}

/** By the command's verb. */
export const handlers: Readonly<Record<string, Handler>> = {
  USER: (session, argument) => {
    if (session.needsTls) return session.reply(530, 'Files come over TLS only: AUTH TLS first.');
    session.signOut();
    session.userName = argument;
    session.reply(331, 'Now the password.');
  },
  PASS: (session, argument) => session.signIn(argument),
  AUTH: (session, argument) => {
    const { secureContext } = session.options;
    if (!/^(TLS|TLS-C|SSL)$/i.test(argument)) return session.reply(504, 'Only AUTH TLS.');
    if (!secureContext) return session.reply(534, 'There is no certificate here for TLS.');
    if (session.isEncrypted) return session.reply(503, 'This connection is encrypted already.');
    session.reply(234, 'Begin the TLS handshake.');
    session.encrypt(secureContext);
  },
  PBSZ: (session) => session.reply(200, 'PBSZ=0'),
  PROT: (session, argument) => {
    const level = argument.toUpperCase();
    if (level !== 'P' && level !== 'C') return session.reply(504, 'PROT P or PROT C.');
    if (!session.isEncrypted) return session.reply(503, 'AUTH TLS first.');
    session.isDataProtected = level === 'P';
    session.reply(200, `Data connections are ${level === 'P' ? 'encrypted' : 'in the clear'}.`);
  },
  FEAT: (session) => session.replyLines(211, 'Features:', ['AUTH TLS', 'PBSZ', 'PROT', 'EPSV', 'UTF8', 'SIZE'], 'End'),
  OPTS: (session, argument) =>
    /^UTF8 ON$/i.test(argument) ? session.reply(200, 'UTF-8 it is.') : session.reply(501, 'No such option.'),
  SYST: (session) => session.reply(215, 'UNIX Type: L8'),
  NOOP: (session) => session.reply(200, 'Yes.'),
  TYPE: (session, argument) =>
    /^[AI]( N)?$|^L 8$/i.test(argument)
      ? session.reply(200, 'Bytes are stored as they come.')
      : session.reply(504, 'TYPE A or TYPE I.'),
  MODE: (session, argument) => (/^S$/i.test(argument) ? session.reply(200, 'Stream.') : session.reply(504, 'MODE S.')),
  STRU: (session, argument) => (/^F$/i.test(argument) ? session.reply(200, 'Files.') : session.reply(504, 'STRU F.')),
  ALLO: (session) => session.reply(202, 'Not needed.'),
  PWD: (session) => session.reply(257, `${quotedPath(session.directory)} is where you are.`),
  CWD: (session, argument) => {
    const { directory } = session.find(argument);
    const target = resolvePath(session.directory, argument);
    if (target.length > depthMax) return session.reply(550, 'The path is too long.');
    if (target.length > 0 && !directory) return session.reply(550, 'There is no data source of this name.');
    session.directory = target;
    session.reply(250, 'There you are.');
  },
  CDUP: (session) => {
    session.directory = session.directory.slice(0, -1);
    session.reply(250, 'There you are.');
  },
  // Appliances make the directory that they store into; what comes is kept by data source anyway.
  MKD: (session, argument) => {
    const { directory } = session.find(argument);
    if (!directory) return session.reply(550, 'Directories are made with the data sources, at the server.');
    session.reply(257, `${quotedPath(resolvePath(session.directory, argument))} is there.`);
  },
  PASV: async (session) => {
    const address = session.options.publicAddress ?? session.localAddress.replace(/^::ffff:/, '');
    if (!/^\d+\.\d+\.\d+\.\d+$/.test(address)) return session.reply(425, 'This connection is IPv6: use EPSV.');
    const { port } = await openPassive(session);
    const numbers = [...address.split('.'), port >> 8, port & 255].join(',');
    session.reply(227, `Entering Passive Mode (${numbers}).`);
  },
  EPSV: async (session) => {
    const { port } = await openPassive(session);
    session.reply(229, `Entering Extended Passive Mode (|||${port}|).`);
  },
  STOR: storeFile,
  APPE: storeFile,
  STOU: (session) => storeFile(session, 'log'),
  LIST: (session) => listNames(session, true),
  NLST: (session) => listNames(session, false),
  // A new file, whatever its name was before: there is nothing to resume.
  REST: (session, argument) =>
    argument === '0' ? session.reply(350, 'From the start.') : session.reply(502, 'Send the file from its start.'),
  // Appliances store under a passing name and give the file its own afterwards. It is on its way by then.
  RNFR: (session) => session.reply(350, 'And the new name?'),
  RNTO: (session) => session.reply(250, 'The file is on its way under its first name.'),
  SIZE: (session) => session.reply(550, 'What was stored is on its way and cannot be looked at.'),
  DELE: (session) => session.reply(550, 'What was stored is on its way and cannot be removed.'),
  ABOR: (session) => session.reply(226, 'Nothing is under way.'),
  QUIT: (session) => {
    session.reply(221, 'Good bye.');
    session.end();
  },
};
