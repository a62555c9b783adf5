// Where texts lie that come to a row without having been strings (`RowWriter.setTextBytes`).

/**
 * There is one, for whoever reads a record and keeps its row before anything else has its turn: what the compiler knows the
 * place of is read without being looked after each time. Behind a text at least twelve bytes more can be read.
 */
export const sourceBytes = new Uint8Array(131_584);
