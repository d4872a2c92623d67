import fc from 'fast-check'

// A case that fails fails again: the quick run has one seed, a long one is given its own.
fc.configureGlobal({ seed: Number(process.env['LAWS_SEED'] ?? 1) })

export { fc }
