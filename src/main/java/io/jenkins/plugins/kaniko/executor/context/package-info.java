/**
 * The files that COPY and ADD may see: {@link
 * io.jenkins.plugins.kaniko.executor.context.BuildContext} is a directory minus what {@code
 * .dockerignore} excludes.
 */
package io.jenkins.plugins.kaniko.executor.context;
