export { publishRuns } from './publish-runs.ts'
