/**
 * Plans and runs a build: {@link io.jenkins.plugins.kaniko.executor.build.SandboxEntry} takes a
 * request, reports events while it works and returns a result.
 */
package io.jenkins.plugins.kaniko.executor.build;
