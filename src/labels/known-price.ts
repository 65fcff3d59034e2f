/** A price from which a return can be taken. Zero, negative and infinite prices count as missing, as NaN does. */
export const isPrice = (value: number): boolean => value > 0 && value < Infinity
