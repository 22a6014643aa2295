/**
 * The Jenkins side on the controller: the {@code kanikoBuild} step, the freestyle build step, the
 * global configuration, the credentials of a build and its page. The build itself is the agent's:
 * {@link io.jenkins.plugins.kaniko.agent}.
 */
package io.jenkins.plugins.kaniko;
