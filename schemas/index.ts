import { code } from './code.ts'
import { invoice } from './invoice.ts'
import { movie } from './movie.ts'
import { news } from './news.ts'
import { recipe } from './recipe.ts'
import { summary } from './summary.ts'
import { tasks } from './tasks.ts'

export { CodeSnippet } from './code.ts'
export type { SchemaEntry } from './entry.ts'
export { Invoice } from './invoice.ts'
export { MovieRecommendation } from './movie.ts'
export { NewsSummary } from './news.ts'
export { Recipe } from './recipe.ts'
export { Summary } from './summary.ts'
export { Task, TaskList } from './tasks.ts'

/** Every ready-made schema, by the name the command line knows it by. */
export const schemas = { movie, tasks, code, summary, news, invoice, recipe } as const
