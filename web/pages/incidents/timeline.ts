// What happened around an incident, in the order of time.
import type { IncidentContent, IncidentView } from './calls.ts';

export interface TimelineEntry {
  readonly id: string;
  readonly at: string;
  readonly kind: 'firstActivity' | 'lastActivity' | 'alert' | 'alertResolved' | 'incident' | 'comment';
  /** Title of the alert, name of the incident, or text of the comment. */
  readonly text: string;
  readonly alertId?: string;
  /** Who commented. */
  readonly by?: string;
}

/** The newest first. */
export function timelineOf(incident: IncidentView, { alerts, comments }: IncidentContent): TimelineEntry[] {
  const ofAlerts = alerts.flatMap((alert): TimelineEntry[] => {
    const { alertId, title: text } = alert;
    const entry = (kind: TimelineEntry['kind'], at: string | null): TimelineEntry[] =>
      at === null ? [] : [{ id: `${kind} ${alertId}`, at, kind, text, alertId }];
    return [
      ...entry('firstActivity', alert.firstActivity),
      ...(alert.lastActivity === alert.firstActivity ? [] : entry('lastActivity', alert.lastActivity)),
      ...entry('alert', alert.creationTime),
      ...entry('alertResolved', alert.resolvedTime),
    ];
  });
  const ofComments = comments.flatMap(({ comment, createdBy, createdTime }, index): TimelineEntry[] => {
    if (!createdTime) return [];
    const by = createdBy ? { by: createdBy } : {};
    return [{ id: `comment ${index}`, at: createdTime, kind: 'comment', text: comment, ...by }];
  });
  const made: TimelineEntry = { id: 'incident', at: incident.createdAt, kind: 'incident', text: incident.name };
  const timeOf = ({ at }: TimelineEntry) => new Date(at).getTime() || 0;
  return [made, ...ofAlerts, ...ofComments].sort((one, other) => timeOf(other) - timeOf(one));
}
