/**
 * The command line: flags to a {@link io.jenkins.plugins.kaniko.executor.build.BuildRequest},
 * events to text or JSON, results to files, failures to exit codes.
 */
package io.jenkins.plugins.kaniko.executor.cli;
