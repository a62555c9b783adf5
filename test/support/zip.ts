// Makes zip archives, good and bad ones, for tests.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipFile {
  readonly name: string;
  readonly content: Buffer | string;
  readonly isStored?: boolean;
  /** Writes the sizes as 64-bit numbers of an extra field. */
  readonly is64?: boolean;
  readonly flags?: number;
  readonly method?: number;
  /** Other than it is. */
  readonly crc?: number;
  readonly offset?: number;
}

export function makeZip(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const content = Buffer.from(file.content);
    const packed = file.isStored ? content : deflateRawSync(content);
    const name = Buffer.from(file.name);
    const method = file.method ?? (file.isStored ? 0 : 8);
    const crc = file.crc ?? crc32(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(crc, 14);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(content.length, 22);
    local.writeUInt16LE(name.length, 26);
    const extra = file.is64 ? extraOf(content.length, packed.length, offset) : Buffer.alloc(0);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(file.flags ?? 0, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(crc, 16);
    central.writeUInt32LE(file.is64 ? 0xffff_ffff : packed.length, 20);
    central.writeUInt32LE(file.is64 ? 0xffff_ffff : content.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt16LE(extra.length, 30);
    central.writeUInt32LE(file.is64 ? 0xffff_ffff : (file.offset ?? offset), 42);
    directory.push(central, name, extra);
    parts.push(local, name, packed);
    offset += local.length + name.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const is64 = files.some((file) => file.is64);
  return Buffer.concat([
    ...parts,
    central,
    ...(is64 ? end64(files.length, central.length, offset) : []),
    endOf(files.length, central.length, offset, is64),
  ]);
}

function extraOf(...numbers: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + numbers.length * 8);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(numbers.length * 8, 2);
  for (const [index, number] of numbers.entries()) extra.writeBigUInt64LE(BigInt(number), 4 + index * 8);
  return extra;
}

function end64(count: number, length: number, offset: number): Buffer[] {
  const end = Buffer.alloc(56);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(length), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + length), 8);
  return [end, locator];
}

function endOf(count: number, length: number, offset: number, is64: boolean): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(is64 ? 0xffff : count, 8);
  end.writeUInt16LE(is64 ? 0xffff : count, 10);
  end.writeUInt32LE(is64 ? 0xffff_ffff : length, 12);
  end.writeUInt32LE(is64 ? 0xffff_ffff : offset, 16);
  return end;
}
