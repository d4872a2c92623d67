/** The provider of runs that ask no model: their text was there already. */
export const TEXT_PROVIDER = 'text'
