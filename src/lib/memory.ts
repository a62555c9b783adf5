/**
 * Gives back the memory of bytes that nobody looks at any more, now and not when garbage is collected: that may be tens of
 * megabytes of such later, and in a thread that does nothing never. Whoever looks nevertheless finds no bytes.
 */
export function freeMemory(memory: ArrayBufferLike): void {
  if (memory instanceof ArrayBuffer && !memory.detached) memory.transfer(0);
}
