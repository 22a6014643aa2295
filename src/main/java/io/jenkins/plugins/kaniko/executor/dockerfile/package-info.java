/**
 * The Dockerfile language as BuildKit has it: text to typed instructions and stages, and the
 * shell-style expansion of their fields. Knows nothing of images, files or processes.
 *
 * <p>Enter through {@link io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileParser} and
 * {@link io.jenkins.plugins.kaniko.executor.dockerfile.InstructionExpander}.
 */
package io.jenkins.plugins.kaniko.executor.dockerfile;
