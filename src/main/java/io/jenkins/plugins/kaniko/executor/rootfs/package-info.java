/**
 * The root directory of a build stage: made of layers, changed by RUN and COPY, and asked
 * afterwards what changed. One interface, {@link
 * io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystem}, over an overlay and over a plain
 * directory.
 */
package io.jenkins.plugins.kaniko.executor.rootfs;
