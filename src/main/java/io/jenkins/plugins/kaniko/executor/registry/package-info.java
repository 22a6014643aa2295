/**
 * A client of the <a
 * href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md">OCI
 * distribution-spec</a>.
 *
 * <p>{@link io.jenkins.plugins.kaniko.executor.registry.Registry} is the port, {@link
 * io.jenkins.plugins.kaniko.executor.registry.Registries#open} its entry. Each registry has exactly
 * one scheme and TLS policy for each direction; nothing ever falls back from TLS to plain HTTP.
 */
package io.jenkins.plugins.kaniko.executor.registry;
