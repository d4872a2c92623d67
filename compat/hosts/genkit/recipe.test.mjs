import { startProviderServer } from 'structstream/testing'
import { testRecipe } from '../test-recipe.mjs'

testRecipe(import.meta.dirname, startProviderServer)
