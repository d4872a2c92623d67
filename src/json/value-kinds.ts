/* The kind of a value, as its first character shows it. A set of kinds is the sum of their bits. */
export const KIND_STRING = 1
export const KIND_NUMBER = 2
export const KIND_TRUE = 4
export const KIND_FALSE = 8
export const KIND_NULL = 16
export const KIND_OBJECT = 32
export const KIND_ARRAY = 64
export const KIND_BOOLEAN: number = KIND_TRUE | KIND_FALSE
export const KIND_ANY = 127
