/** The HTTP client of tests, which authors of plugins have as well. */
export { type Answer, type Client, createClient } from '#core/testing/client.ts';
