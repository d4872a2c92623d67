// Loaded before a program of a recipe: what it logs comes as one line of JSON each.
console.log = (value) => process.stdout.write(`${JSON.stringify(value ?? null)}\n`)
