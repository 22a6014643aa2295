/**
 * Sources that lie elsewhere: git repositories and archives, fetched into directories of the build.
 * What they hold is hostile input: nothing of it is executed, and nothing is written outside the
 * directory.
 */
package io.jenkins.plugins.kaniko.executor.source;
