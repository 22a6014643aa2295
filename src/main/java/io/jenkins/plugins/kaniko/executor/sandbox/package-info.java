/**
 * Runs one command under a root directory, in namespaces of its own.
 *
 * <p>Outside, {@link io.jenkins.plugins.kaniko.executor.sandbox.NamespaceLauncher} finds out which
 * rung of isolation the environment offers and starts the executor anew in it. Inside, {@link
 * io.jenkins.plugins.kaniko.executor.sandbox.Sandboxes} hands out the {@link
 * io.jenkins.plugins.kaniko.executor.sandbox.Sandbox} of that rung. Everything the kernel is asked
 * for is asked through the tools of util-linux and coreutils, by the shell scripts beside these
 * classes.
 */
package io.jenkins.plugins.kaniko.executor.sandbox;
