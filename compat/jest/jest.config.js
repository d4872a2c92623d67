module.exports = {
  testEnvironment: 'node',
  // The package is an ES module: Babel makes CommonJS of it, as it does of your own files.
  transform: { '\\.[cm]?js$': 'babel-jest' },
  transformIgnorePatterns: ['/node_modules/(?!structstream/)'],
}
