import type { Caller } from '../access/caller.ts';

/** User name, or the name of the app, collector or operator. */
export function callerName({ subject }: Caller): string {
  return subject.kind === 'user' ? subject.userName : subject.name;
}

/** Tells callers apart, whatever they are called: the same person is the same one with any credential. */
export function callerId({ subject }: Caller): string {
  switch (subject.kind) {
    case 'user':
      return `user ${subject.userId}`;
    case 'agent':
      return `agent ${subject.agentId}`;
    case 'application':
      return `application ${subject.appId}`;
    case 'operator':
      return `operator ${subject.name}`;
  }
}
