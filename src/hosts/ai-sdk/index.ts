export { fromAiSdk, type AiSdkLanguageModel, type FromAiSdkOptions } from '../../models/ai-sdk/language-model.ts'
export {
  structuredOutput,
  type AiSdkOutput,
  type ElementOf,
  type StructuredOutputOptions,
} from './structured-output.ts'
