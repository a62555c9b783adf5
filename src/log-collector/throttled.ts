const windowMs = 60_000;
const messagesMax = 20;

/** Lets so many messages through in a minute, and then says how many more there were: senders must not fill the log. */
export function throttled(log: (message: string) => void, now: () => number = () => performance.now()) {
  let windowAt = Number.NEGATIVE_INFINITY;
  let count = 0;
  return (message: string): void => {
    if (now() - windowAt >= windowMs) {
      if (count > messagesMax) log(`${count - messagesMax} more messages like this.`);
      windowAt = now();
      count = 0;
    }
    count++;
    if (count <= messagesMax) log(message);
  };
}
